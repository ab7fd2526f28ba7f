using Crm.Organization.Agents;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-06: an agent's calls are counted the same in whichever order, how late and how often they are reported.</summary>
[Trait("Rule", "ORG-06")]
public sealed class CallCountTests
{
    private static readonly Instant Start = InShanghai("2026-03-02T00:00:00"), End = InShanghai("2026-03-03T00:00:00");

    [Fact]
    public void A_call_belongs_to_the_day_on_which_it_was_taken()
    {
        Count(Fact("a", CallEventKind.Answered, Start)).Handled.ShouldBe(1);
        Count(Fact("a", CallEventKind.Answered, Start - Microsecond)).Handled.ShouldBe(0);
        Count(Fact("a", CallEventKind.Answered, End - Microsecond)).Handled.ShouldBe(1);
        Count(Fact("a", CallEventKind.Answered, End)).Handled.ShouldBe(0);
        Count(Fact("a", CallEventKind.Answered, End - Minutes(1)), Fact("a", CallEventKind.Ended, End + Minutes(4))).ShouldBe(new CallCount(1, 0, Minutes(5)), "with all of its talk");
        Count(Fact("a", CallEventKind.Answered, Start - Minutes(1)), Fact("a", CallEventKind.Ended, Start + Minutes(4))).ShouldBe(new CallCount(0, 0, Duration.Zero));
    }

    [Fact]
    public void A_call_that_was_missed_and_taken_after_all_was_not_missed()
    {
        Count(Fact("a", CallEventKind.Missed, Start)).ShouldBe(new CallCount(0, 1, Duration.Zero));
        Count(Fact("a", CallEventKind.Missed, Start), Fact("a", CallEventKind.Missed, Start + Minutes(1))).Missed.ShouldBe(1);
        Count(Fact("a", CallEventKind.Missed, Start), Fact("a", CallEventKind.Answered, Start + Minutes(1))).ShouldBe(new CallCount(1, 0, Duration.Zero));
        Count(Fact("a", CallEventKind.Missed, Start), Fact("a", CallEventKind.Answered, End)).ShouldBe(new CallCount(0, 0, Duration.Zero), "it is one of the next day");
    }

    [Fact]
    public void An_end_alone_is_no_call_and_one_before_the_answer_no_talk()
    {
        Count(Fact("a", CallEventKind.Ended, Start)).ShouldBe(new CallCount(0, 0, Duration.Zero));
        Count(Fact("a", CallEventKind.Answered, Start + Minutes(2)), Fact("a", CallEventKind.Ended, Start + Minutes(1))).ShouldBe(new CallCount(1, 0, Duration.Zero));
    }

    [Fact]
    public void Whatever_the_order_and_however_often_the_count_is_the_same()
    {
        CallEvent[] facts =
        [
            Fact("a", CallEventKind.Missed, Start), Fact("a", CallEventKind.Answered, Start + Minutes(1)), Fact("a", CallEventKind.Answered, Start + Minutes(3)), Fact("a", CallEventKind.Ended, Start + Minutes(2)),
            Fact("a", CallEventKind.Ended, Start + Minutes(9)), Fact("b", CallEventKind.Missed, Start + Hours(2)), Fact("c", CallEventKind.Answered, End - Minutes(1)), Fact("c", CallEventKind.Ended, End + Minutes(1)),
        ];
        var random = new Random(20261122);
        for (var round = 0; round < 200; round++)
        {
            var told = facts.Concat(random.GetItems(facts, 5)).ToArray();
            random.Shuffle(told);
            Count([.. told.Distinct()]).ShouldBe(new CallCount(2, 1, Minutes(10)));
        }
    }

    private static CallEvent Fact(string call, CallEventKind kind, Instant at) => new() { System = "callcentre-1", Call = call, Staff = "call.agent", Kind = kind, At = at };

    private static CallCount Count(params CallEvent[] facts) => CallCount.Of(facts, new Interval(Start, End));
}
