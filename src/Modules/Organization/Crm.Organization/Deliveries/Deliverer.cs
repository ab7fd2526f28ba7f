using Crm.Organization.Access;
using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Measures;
using Crm.Shared.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Organization.Deliveries;

/// <summary>One way to somebody outside.</summary>
internal abstract class Sender
{
    /// <summary>The way's name in measures.</summary>
    public abstract string Name { get; }

    /// <summary>True for deliveries that go this way.</summary>
    public abstract bool Takes(Guid lane);

    /// <summary>Reads what is needed to try once.</summary>
    /// <returns>The attempt, which asks the database nothing. What goes wrong on the way is an attempt that failed; anything else is thrown, and no attempt.</returns>
    public abstract Task<Func<CancellationToken, Task<Attempt>>> PrepareAsync(ClaimedDelivery delivery, CancellationToken ct);

    /// <summary>Draws conclusions from an attempt about the receiver itself.</summary>
    /// <returns>True when something has changed about the receiver.</returns>
    public virtual Task<bool> ConcludeAsync(ClaimedDelivery delivery, Attempt attempt, DeliveryState state, CancellationToken ct) => Task.FromResult(false);

    /// <summary>An attempt that is over before it began.</summary>
    protected static Func<CancellationToken, Task<Attempt>> Only(Attempt attempt) => _ => Task.FromResult(attempt);
}

/// <summary>
/// Delivers what waits, on every host: the queue's leases share the work. Each delivery ends for itself, so a slow one delays only its own
/// lane. A host that is asked to end finishes what it has begun; one that dies leaves its leases to run out: at least once, therefore, and
/// exactly once where nothing goes wrong.
/// </summary>
internal sealed partial class Deliverer(
    DeliveryQueue queue, IEnumerable<Sender> senders, DirectoryRefresh directory, TrustedTime time, DeliveryOptions options, ILogger<Deliverer> logger) : BackgroundService
{
    /// <summary>Attempts of this host at the same time.</summary>
    private const int Places = 32;

    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(50);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new HashSet<Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            running.RemoveWhere(t => t.IsCompleted);
            var begun = await BeginAsync(Places - running.Count, stoppingToken);
            running.UnionWith(begun);
            var poll = Task.Delay(options.Poll, stoppingToken);
            // What has ended may have left the place for the next of its lane: look again at once.
            await (running.Count > 0 ? Task.WhenAny([.. running, poll]) : poll).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // A moment for others of them to end: what comes free together is filled by one question.
            await Task.Delay(Gap, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(running);
    }

    private async Task<IReadOnlyList<Task>> BeginAsync(int places, CancellationToken ct)
    {
        try
        {
            // Signatures bear the time, and a host that knows nobody yet would take every owner for somebody without rights.
            if (places == 0 || !time.IsTrusted || !directory.IsLoaded) return [];
            return [.. (await queue.InTurnAsync(() => queue.ClaimAsync(places, ct))).Select(DeliverAsync)];
        }
        catch (Exception e)
        {
            if (!ct.IsCancellationRequested) LogUnavailable(DatabaseTrouble.KindOf(e));
            return [];
        }
    }

    private async Task DeliverAsync(ClaimedDelivery delivery)
    {
        try
        {
            var sender = senders.Single(s => s.Takes(delivery.Lane));
            var prepared = await queue.InTurnAsync(() => sender.PrepareAsync(delivery, CancellationToken.None));
            var begun = TimeProvider.System.GetTimestamp();
            var attempt = await prepared(CancellationToken.None);
            var latency = TimeProvider.System.GetElapsedTime(begun);
            if (await queue.InTurnAsync(() => queue.FinishAsync(delivery, attempt, latency, CancellationToken.None)) is not { } state) return;
            CrmMeasures.Sent(sender.Name, state == DeliveryState.Cancelled ? "cancelled" : attempt.Failure is null ? "delivered" : state == DeliveryState.Failed ? "gaveUp" : "failed");
            await queue.InTurnAsync(() => sender.ConcludeAsync(delivery, attempt, state, CancellationToken.None));
        }
        catch (Exception e)
        {
            // Its lease runs out, and it is tried again.
            LogLeft(delivery.Id, DatabaseTrouble.KindOf(e));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Delivery {DeliveryId} is left until its lease is over: {Failure}")]
    private partial void LogLeft(Guid deliveryId, string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deliveries cannot be claimed at the moment: {Failure}")]
    private partial void LogUnavailable(string failure);
}
