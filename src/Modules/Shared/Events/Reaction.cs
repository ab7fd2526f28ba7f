using System.Text.Json;
using Crm.Shared.Http;
using Crm.Shared.Privacy;

namespace Crm.Shared.Events;

/// <summary>What a module does when another reports something: one class per event, named <c>When…</c>.</summary>
public abstract class Reaction
{
    /// <summary>The event's identity: the same however often it is delivered.</summary>
    protected Guid EventId { get; private set; }

    /// <summary>Acts on a stored event, inside the consumer's transaction.</summary>
    internal Task<Outcome> ActAsync(Guid eventId, string payload, CancellationToken ct)
    {
        EventId = eventId;
        return ReadAndActAsync(payload, ct);
    }

    private protected abstract Task<Outcome> ReadAndActAsync(string payload, CancellationToken ct);
}

/// <summary>What came of an event; kept in the inbox.</summary>
/// <param name="Text">"done", or why it was rightly ignored.</param>
[NotPersonal("done, or which rule ignored the event", "Text")]
public sealed record Outcome(string Text)
{
    /// <summary>The module acted.</summary>
    public static Outcome Done { get; } = new("done");

    /// <summary>The event speaks of something that is over, or needs nothing: recorded and ignored.</summary>
    public static Outcome Ignored(string why) => new($"ignored: {why}");
}

/// <summary>
/// A reaction to <typeparamref name="TEvent"/>. Changes its own module's rows only and leaves saving to the caller. It may run again after
/// a failure, never after a success.
/// </summary>
public abstract class Reaction<TEvent> : Reaction where TEvent : IntegrationEvent
{
    /// <summary>Acts on the event.</summary>
    protected internal abstract Task<Outcome> On(TEvent happened, CancellationToken ct);

    private protected sealed override Task<Outcome> ReadAndActAsync(string payload, CancellationToken ct) =>
        On(JsonSerializer.Deserialize<TEvent>(payload, CrmJson.OptionsOfEvents)!, ct);
}

/// <summary>Which module listens to which event: known at start from the reactions there are.</summary>
public sealed class EventRoutes(IEnumerable<EventRoute> routes)
{
    private readonly Dictionary<(string Consumer, string Event), Type> reactions = routes.Select(r => (r.Consumer, r.Event, r.Reaction)).Distinct().ToDictionary(r => (r.Consumer, r.Event), r => r.Reaction);
    private readonly ILookup<string, EventRoute> routes = routes.ToLookup(r => r.Event);

    /// <summary>The modules that want to know of this event.</summary>
    public IEnumerable<string> ConsumersOf(IntegrationEvent happened) =>
        routes[happened.GetType().Name].Where(r => r.Wants(happened)).Select(r => r.Consumer).Distinct();

    /// <summary>The reaction of a module to an event type; null when it has none (any more).</summary>
    public Type? ReactionOf(string consumer, string eventType) => reactions.GetValueOrDefault((consumer, eventType));
}

/// <summary>One line of the routing table.</summary>
/// <param name="Consumer">The module that reacts.</param>
/// <param name="Event">The event's type.</param>
/// <param name="Reaction">What it does then; one for each event, however many lines ask for it.</param>
public sealed record EventRoute(string Consumer, string Event, Type Reaction)
{
    /// <summary>Decides, while the event is being saved, whether it is worth a delivery. Reads memory only.</summary>
    public Func<IntegrationEvent, bool> Wants { get; init; } = _ => true;
}
