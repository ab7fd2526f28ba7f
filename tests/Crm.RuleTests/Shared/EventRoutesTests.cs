using Crm.Shared.Events;
using NodaTime;
using Shouldly;

namespace Crm.RuleTests.Shared;

/// <summary>Who is told of an event, and who acts on it then.</summary>
public sealed class EventRoutesTests
{
    private static readonly Rang Loud = new(Loud: true) { OccurredAt = Instant.FromUtc(2026, 3, 2, 2, 0) };

    [Fact]
    public void A_module_that_has_several_reasons_to_want_an_event_gets_it_once()
    {
        var routes = new EventRoutes([Route("followups"), Route("followups"), Route("organization")]);
        routes.ConsumersOf(Loud).ShouldBe(["followups", "organization"]);
        routes.ReactionOf("followups", nameof(Rang)).ShouldBe(typeof(WhenRang));
    }

    [Fact]
    public void Who_does_not_want_this_one_is_not_told()
    {
        var routes = new EventRoutes([Route("followups") with { Wants = happened => ((Rang)happened).Loud }, Route("organization") with { Wants = happened => !((Rang)happened).Loud }]);
        routes.ConsumersOf(Loud).ShouldBe(["followups"]);
        routes.ConsumersOf(Loud with { Loud = false }).ShouldBe(["organization"]);
    }

    [Fact]
    public void Nobody_is_told_of_what_nobody_asked_for_and_there_is_no_reaction_to_it()
    {
        var routes = new EventRoutes([Route("followups")]);
        routes.ConsumersOf(new Fell { OccurredAt = Loud.OccurredAt }).ShouldBeEmpty();
        routes.ReactionOf("followups", nameof(Fell)).ShouldBeNull();
        routes.ReactionOf("complaints", nameof(Rang)).ShouldBeNull();
    }

    [Fact]
    public void Two_different_reactions_of_a_module_to_one_event_are_a_mistake_that_is_said_at_start() =>
        Should.Throw<ArgumentException>(() => new EventRoutes([Route("followups"), new EventRoute("followups", nameof(Rang), typeof(WhenRangToo))]));

    private static EventRoute Route(string consumer) => new(consumer, nameof(Rang), typeof(WhenRang));

    private sealed record Rang(bool Loud) : IntegrationEvent;

    private sealed record Fell : IntegrationEvent;

    private class WhenRang : Reaction<Rang>
    {
        protected internal override Task<Outcome> On(Rang happened, CancellationToken ct) => Task.FromResult(Outcome.Done);
    }

    private sealed class WhenRangToo : WhenRang;
}
