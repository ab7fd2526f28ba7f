using Crm.Shared.Audit;
using Crm.Shared.Data;
using Crm.Shared.Measures;
using Crm.Shared.Privacy;
using Crm.Shared.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;

namespace Crm.Shared.Events;

/// <summary>
/// Delivers the events of one module. Many hosts run one each; the database's leases share the work. A consumer writes its inbox row and its
/// own rows in one transaction, so an event acts once however often it is delivered. First attempts go in batches of one transaction; a
/// batch that fails is repeated one by one, so that one poisoned event delays nobody else.
/// </summary>
public sealed partial class Dispatcher : BackgroundService
{
    private readonly OutboxQueue queue;
    private readonly OutboxSignal signal;
    private readonly OutboxOptions options;
    private readonly EventRoutes routes;
    private readonly IServiceScopeFactory scopes;
    private readonly IReadOnlyDictionary<string, Module> modules;
    private readonly TrustedTime time;
    private readonly DatabaseTrouble trouble;
    private readonly ILogger logger;

    internal Dispatcher(OutboxQueue queue, OutboxSignal signal, OutboxOptions options, EventRoutes routes, IServiceScopeFactory scopes, IEnumerable<Module> modules, TrustedTime time, DatabaseTrouble trouble, ILogger logger)
    {
        (this.queue, this.signal, this.options, this.routes, this.scopes, this.time, this.trouble, this.logger) = (queue, signal, options, routes, scopes, time, trouble, logger);
        this.modules = modules.ToDictionary(m => m.Schema);
    }

    /// <summary>The module whose events it delivers.</summary>
    public string Schema => queue.Schema;

    /// <summary>How the outbox stands.</summary>
    public Task<OutboxState> StateAsync(CancellationToken ct) => queue.StateAsync(ct);

    /// <summary>Deliveries set aside or discarded, oldest first, after a position.</summary>
    public Task<IReadOnlyList<ParkedDelivery>> ParkedAsync(Instant? afterAt, Guid? afterId, int limit, CancellationToken ct) => queue.ParkedAsync(afterAt, afterId, limit, ct);

    /// <summary>Gives a parked or discarded delivery fresh attempts, at once.</summary>
    /// <returns>False when this module has no such parked delivery.</returns>
    public async Task<bool> ReplayAsync(Guid id, AuditEntry deed, CancellationToken ct)
    {
        if (!await queue.ReplayAsync(id, deed, ct)) return false;
        signal.Wake();
        return true;
    }

    /// <summary>Gives a parked delivery up.</summary>
    /// <returns>False when this module has no such parked delivery.</returns>
    public async Task<bool> DiscardAsync(Guid id, AuditEntry deed, CancellationToken ct)
    {
        if (!await queue.DiscardAsync(id, deed, ct)) return false;
        signal.Wake();
        return true;
    }

    /// <summary>Delivers what can be claimed now.</summary>
    /// <returns>How many deliveries were claimed, whether or not they succeeded.</returns>
    public async Task<int> DeliverAsync(bool ignoreBackoff, CancellationToken ct)
    {
        var claimed = await queue.ClaimAsync(ignoreBackoff, ct);
        // While hosts are replaced one after the other, what this one does not know is another's to deliver.
        var unknown = claimed.Where(d => !d.IsOld && !ignoreBackoff && (!modules.ContainsKey(d.Consumer) || routes.ReactionOf(d.Consumer, d.Type) is null)).ToArray();
        if (unknown.Length > 0) await queue.PutBackAsync(unknown, "unknown to this host's version", ct);
        foreach (var group in claimed.Except(unknown).GroupBy(d => (d.Consumer, FirstAttempt: d.Attempts == 0)))
        {
            if (!group.Key.FirstAttempt) await OneByOneAsync([.. group], ct);
            else if (await TryAsync([.. group], ct) is { } failure) await (failure.StopsAll ? PutBackAsync([.. group], failure, ct) : OneByOneAsync([.. group], ct));
        }

        return claimed.Count;
    }

    /// <summary>Each for itself, so that only what fails by itself is counted out. What would stop the others as well is no reason to try them.</summary>
    private async Task OneByOneAsync(IReadOnlyList<ClaimedDelivery> deliveries, CancellationToken ct)
    {
        for (var i = 0; i < deliveries.Count; i++)
        {
            var delivery = deliveries[i];
            if (await TryAsync([delivery], ct) is not { } failure) continue;
            if (failure.OfTheEvent)
            {
                LogFailed(delivery.EventId, delivery.Type, delivery.Consumer, delivery.Attempts + 1, failure.Kind);
                CrmMeasures.Failed(Schema, delivery.Consumer);
                await queue.FailAsync(delivery, failure.Kind, ct);
                continue;
            }

            await PutBackAsync(failure.StopsAll ? [.. deliveries.Skip(i)] : [delivery], failure, ct);
            if (failure.StopsAll) return;
        }
    }

    private Task PutBackAsync(IReadOnlyList<ClaimedDelivery> deliveries, DeliveryFailure failure, CancellationToken ct)
    {
        LogPutBack(deliveries.Count, deliveries[0].Consumer, failure.Kind);
        return queue.PutBackAsync(deliveries, failure.Kind, ct);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // Reactions date what they do: a host with a wrong clock leaves them to others.
                while (time.IsTrusted && await DeliverAsync(ignoreBackoff: false, stoppingToken) > 0)
                {
                }

                await signal.WaitAsync(options.Poll, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The database may be away; deliveries wait in it until it is back.
                LogUnavailable(queue.Schema, e.GetType().Name);
                await Task.Delay(options.Poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>Null when all were delivered, else why not.</returns>
    private async Task<DeliveryFailure?> TryAsync(IReadOnlyList<ClaimedDelivery> deliveries, CancellationToken ct)
    {
        using var activity = CrmMeasures.StartDelivering(Schema, deliveries[0].Consumer, deliveries.Count);
        var isAsked = false;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var consumer = modules[deliveries[0].Consumer];
            var db = consumer.Db(scope.ServiceProvider);
            await using (var transaction = await db.Database.BeginTransactionAsync(ct))
            {
                isAsked = true;
                var fresh = await EnterInboxAsync(db, deliveries, ct);
                foreach (var delivery in deliveries.Where(d => fresh.Contains(d.EventId)))
                {
                    var outcome = routes.ReactionOf(delivery.Consumer, delivery.Type) is { } type
                        ? await ((Reaction)scope.ServiceProvider.GetRequiredService(type)).ActAsync(delivery.EventId, delivery.Payload, ct)
                        : Outcome.Ignored("no reaction");
                    if (outcome != Outcome.Done) await SetOutcomeAsync(db, delivery.EventId, outcome, ct);
                }

                await db.SaveChangesAsync(ct);
                await transaction.CommitAsync(CancellationToken.None);
            }

            consumer.Signal(scope.ServiceProvider).Wake();
            await queue.CompleteAsync([.. deliveries], ct);
            CrmMeasures.Delivered(Schema, deliveries[0].Consumer, deliveries.Count);
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            var stopsAll = !isAsked || DatabaseTrouble.IsAway(e);
            return new(DatabaseTrouble.KindOf(e), OfTheEvent: !(stopsAll || e is KeyNotHere || trouble.LetGoIfOutOfStep(e) || trouble.KeysHaveChanged(e)), stopsAll);
        }
    }

    private static async Task<HashSet<Guid>> EnterInboxAsync(ModuleDb db, IReadOnlyList<ClaimedDelivery> deliveries, CancellationToken ct)
    {
        await using var batch = db.Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            INSERT INTO {db.Schema}.inbox (event_id, type, outcome) SELECT * FROM (SELECT unnest($1::uuid[]), unnest($2::text[]), 'done') AS received
            ON CONFLICT (event_id) DO NOTHING RETURNING event_id
            """)
        {
            Parameters = { new() { Value = deliveries.Select(d => d.EventId).ToArray() }, new() { Value = deliveries.Select(d => d.Type).ToArray() } },
        });
        var fresh = new HashSet<Guid>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) fresh.Add(reader.GetGuid(0));
        return fresh;
    }

    private static async Task SetOutcomeAsync(ModuleDb db, Guid eventId, Outcome outcome, CancellationToken ct)
    {
        await using var batch = db.Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"UPDATE {db.Schema}.inbox SET outcome = $2 WHERE event_id = $1")
        {
            Parameters = { new() { Value = eventId }, new() { Value = outcome.Text } },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Event {EventId} ({EventType}) could not be delivered to {Consumer}, attempt {Attempt}: {Failure}")]
    private partial void LogFailed(Guid eventId, string eventType, string consumer, int attempt, string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} deliveries to {Consumer} wait, for no fault of theirs: {Failure}")]
    private partial void LogPutBack(int count, string consumer, string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox of {Schema} cannot be read at the moment: {Failure}")]
    private partial void LogUnavailable(string schema, string failure);
}
