using System.Text.Json;
using Crm.Shared.Http;

namespace Crm.Shared.Events;

/// <summary>What a module does when another reports something: one class per event, named <c>When…</c>.</summary>
public abstract class Reaction
{
    /// <summary>Acts on a stored event, inside the consumer's transaction.</summary>
    internal abstract Task<Outcome> ActAsync(string payload, CancellationToken ct);
}

/// <summary>What came of an event; kept in the inbox.</summary>
/// <param name="Text">"done", or why it was rightly ignored.</param>
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

    internal sealed override Task<Outcome> ActAsync(string payload, CancellationToken ct) =>
        On(JsonSerializer.Deserialize<TEvent>(payload, CrmJson.Options)!, ct);
}

/// <summary>Which module listens to which event: known at start from the reactions there are.</summary>
public sealed class EventRoutes(IEnumerable<EventRoute> routes)
{
    private readonly Dictionary<(string Consumer, string Event), Type> reactions = routes.ToDictionary(r => (r.Consumer, r.Event), r => r.Reaction);
    private readonly ILookup<string, string> consumers = routes.ToLookup(r => r.Event, r => r.Consumer);

    /// <summary>The modules that react to this event type.</summary>
    public IEnumerable<string> ConsumersOf(string eventType) => consumers[eventType];

    /// <summary>The reaction of a module to an event type; null when it has none (any more).</summary>
    public Type? ReactionOf(string consumer, string eventType) => reactions.GetValueOrDefault((consumer, eventType));
}

/// <summary>One line of the routing table.</summary>
public sealed record EventRoute(string Consumer, string Event, Type Reaction);
