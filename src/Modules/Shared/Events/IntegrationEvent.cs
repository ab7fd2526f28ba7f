using System.Text.Json;
using Crm.Shared.Data;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore.Diagnostics;
using NodaTime;

namespace Crm.Shared.Events;

/// <summary>Something that happened in one module and may matter to another. Carries ids and facts, never personal data.</summary>
public abstract record IntegrationEvent
{
    /// <summary>The domain instant at which it happened, which may lie before the moment it was written down.</summary>
    public required Instant OccurredAt { get; init; }
}

/// <summary>An event as it was reported: written by the same SaveChanges as the change that caused it.</summary>
[NotPersonal("an event, which carries ids and facts only", "Payload")]
public sealed class OutboxEvent
{
    internal OutboxEvent(IntegrationEvent happened, Guid aggregateId, long sequence)
    {
        (AggregateId, Sequence, OccurredAt) = (aggregateId, sequence, happened.OccurredAt);
        Type = happened.GetType().Name;
        Payload = JsonSerializer.Serialize(happened, happened.GetType(), CrmJson.Options);
        TraceId = System.Diagnostics.Activity.Current?.TraceId.ToString();
    }

    private OutboxEvent() => (Type, Payload) = ("", "");

    /// <summary>Time-ordered id; consumers remember it to act once.</summary>
    public Guid Id { get; private set; } = Ids.Next();

    /// <summary>The event record's name.</summary>
    public string Type { get; private set; }

    /// <summary>The aggregate whose story it belongs to.</summary>
    public Guid AggregateId { get; private set; }

    /// <summary>Its place in that story, from 1, without gaps: handed out under the aggregate's row lock.</summary>
    public long Sequence { get; private set; }

    /// <summary>The domain instant.</summary>
    public Instant OccurredAt { get; private set; }

    /// <summary>The record as JSON.</summary>
    public string Payload { get; private set; }

    /// <summary>The trace of the command that caused it.</summary>
    public string? TraceId { get; private set; }
}

/// <summary>One consumer's copy of an event, until it has acted on it.</summary>
[NotPersonal("the type of a failure, never its text", "LastError")]
public sealed class OutboxDelivery
{
    internal OutboxDelivery(OutboxEvent happened, string consumer) =>
        (EventId, Consumer, AggregateId, Sequence) = (happened.Id, consumer, happened.AggregateId, happened.Sequence);

    private OutboxDelivery() => Consumer = "";

    /// <summary>What an operator names to replay or discard it.</summary>
    public Guid Id { get; private set; } = Ids.Next();

    /// <summary>The event.</summary>
    public Guid EventId { get; private set; }

    /// <summary>The module that has to receive it.</summary>
    public string Consumer { get; private set; }

    /// <summary>Copied from the event, so that the order is kept without a join.</summary>
    public Guid AggregateId { get; private set; }

    /// <summary>Copied from the event.</summary>
    public long Sequence { get; private set; }

    /// <summary>How often it failed.</summary>
    public int Attempts { get; private set; }

    /// <summary>Not before this instant of the database's clock.</summary>
    public Instant NextAttemptAt { get; private set; }

    /// <summary>Somebody is at it until then, by the database's clock.</summary>
    public Instant? LeasedUntil { get; private set; }

    /// <summary>Set aside after too many failures; holds back its own aggregate only.</summary>
    public Instant? ParkedAt { get; private set; }

    /// <summary>Given up by an operator; holds back nothing. Can still be replayed.</summary>
    public Instant? DiscardedAt { get; private set; }

    /// <summary>The kind of the last failure: exception type and SQLSTATE, never its text, which may quote a value.</summary>
    public string? LastError { get; private set; }
}

/// <summary>What a module has received. The primary key is what makes an event act once.</summary>
[NotPersonal("done, or which rule ignored the event", "Outcome")]
public sealed class InboxEntry
{
    private InboxEntry() => (Type, Outcome) = ("", "");

    /// <summary>The event.</summary>
    public Guid EventId { get; private set; }

    /// <summary>Its type.</summary>
    public string Type { get; private set; }

    /// <summary>"done", or why nothing was to be done.</summary>
    public string Outcome { get; private set; }

    /// <summary>Real time.</summary>
    public Instant ReceivedAt { get; private set; }
}

/// <summary>Turns what aggregates raised into outbox rows in the very SaveChanges that stores their change.</summary>
public sealed class OutboxInterceptor(EventRoutes routes) : SaveChangesInterceptor
{
    /// <inheritdoc/>
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is ModuleDb db)
        {
            foreach (var aggregate in Tracked(db).Where(a => a.Raised.Count > 0).ToArray())
            {
                foreach (var (happened, sequence) in aggregate.TakeRaised())
                {
                    var stored = new OutboxEvent(happened, aggregate.Id, sequence);
                    db.Outbox.Add(stored);
                    foreach (var consumer in routes.ConsumersOf(happened))
                    {
                        db.Deliveries.Add(new OutboxDelivery(stored, consumer));
                        db.HasDeliveries = true;
                    }
                }
            }
        }

        return ValueTask.FromResult(result);
    }

    /// <summary>The aggregates at hand. What has changed of them is looked for once, by the save that follows.</summary>
    private static IEnumerable<Aggregate> Tracked(ModuleDb db)
    {
        var detects = db.ChangeTracker.AutoDetectChangesEnabled;
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        Aggregate[] tracked = [.. db.ChangeTracker.Entries<Aggregate>().Select(e => e.Entity)];
        db.ChangeTracker.AutoDetectChangesEnabled = detects;
        return tracked;
    }
}
