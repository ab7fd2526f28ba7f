using System.Diagnostics;
using Crm.Shared.Clocks;
using Crm.Shared.Data;
using Crm.Shared.Events;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Crm.Shared.Time;

/// <summary>What moving the test clock did.</summary>
/// <param name="Now">Where the clock stands.</param>
/// <param name="Handled">Subjects whose clocks rang, and deliveries made, by this walk; what the hosts' own sweeps did meanwhile is not counted.</param>
/// <param name="Parked">Deliveries set aside for an operator, all together.</param>
/// <param name="Arrived">False when time ran out on the way: ask again to go on.</param>
public sealed record WalkedTo(Instant Now, long Handled, long Parked, bool Arrived);

/// <summary>
/// Moves the test clock as time would: through each due instant in order, letting clocks ring and events arrive before it goes on, without
/// waiting for polls or backoff. One walk at a time in this process; the database keeps two hosts' walks from undoing each other.
/// </summary>
public sealed class ClockWalk(
    TestClock clock, IEnumerable<ClockSweep> sweeps, IEnumerable<Dispatcher> dispatchers, IEnumerable<Module> modules, IServiceScopeFactory scopes)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(50);
    private readonly SemaphoreSlim one = new(1, 1);

    /// <summary>Walks to the instant that <paramref name="target"/> makes of the present one.</summary>
    /// <exception cref="BrokenRule">The instant lies before one that is already recorded: the past cannot be lived again.</exception>
    public async Task<WalkedTo> ToAsync(Func<Instant, Instant> target, CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            var time = Stopwatch.StartNew();
            var position = clock.ReadPosition();
            var goal = target(position ?? clock.GetCurrentInstant());
            if ((position ?? await LatestRecordedAsync(ct)) is { } latest && goal < latest)
            {
                var at = NodaTime.Text.InstantPattern.ExtendedIso.Format(latest);
                throw new BrokenRule("CLOCK", new Text(
                    $"Something is already recorded at {at}: the clock cannot go back before it.", $"系统中已有 {at} 的记录，时钟不能回拨到此前。"), $"now >= {at}");
            }

            // What has happened arrives before time goes on, as it would.
            var (handled, _) = await DeliverAllAsync(time, ct);
            while (time.Elapsed < Limit)
            {
                var due = await NextDueAsync(ct);
                var arrives = due is null || due > goal;
                var step = arrives ? goal : due!.Value;
                if (position is null || step > position) await clock.SetAsync(step, ct);
                position = step;
                if (!arrives)
                {
                    foreach (var sweep in sweeps) handled += await sweep.RunAsync(ct);
                }

                var (delivered, parked) = await DeliverAllAsync(time, ct);
                handled += delivered;
                // What arrived may have started clocks that are due already.
                if (arrives && (delivered == 0 || !(await NextDueAsync(ct) <= goal))) return new WalkedTo(goal, handled, parked, Arrived: true);
            }

            return new WalkedTo(clock.GetCurrentInstant(), handled, await ParkedAsync(ct), Arrived: false);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Where the clock stands now.</summary>
    public async Task<WalkedTo> StandAsync(CancellationToken ct) => new(clock.GetCurrentInstant(), Handled: 0, await ParkedAsync(ct), Arrived: true);

    /// <summary>Delivers until nothing waits any more, on this host or another.</summary>
    private async Task<(long Delivered, long Parked)> DeliverAllAsync(Stopwatch time, CancellationToken ct)
    {
        long total = 0, parked = 0;
        while (time.Elapsed < Limit)
        {
            (var waiting, var delivered, parked) = (0L, 0L, 0L);
            foreach (var dispatcher in dispatchers)
            {
                var state = await dispatcher.StateAsync(ct);
                waiting += state.Waiting;
                parked += state.Parked;
                if (state.Waiting > 0) delivered += await dispatcher.DeliverAsync(ignoreBackoff: true, ct);
            }

            if (waiting == 0) break;
            total += delivered;
            // Somebody else has the lease or the row lock: a poll, another host.
            if (delivered == 0) await Task.Delay(2, ct);
        }

        return (total, parked);
    }

    private async Task<Instant?> NextDueAsync(CancellationToken ct)
    {
        Instant? next = null;
        foreach (var sweep in sweeps)
        {
            if (await sweep.NextDueAsync(ct) is { } due && (next is null || due < next)) next = due;
        }

        return next;
    }

    private async Task<long> ParkedAsync(CancellationToken ct)
    {
        long parked = 0;
        foreach (var dispatcher in dispatchers) parked += (await dispatcher.StateAsync(ct)).Parked;
        return parked;
    }

    /// <summary>The latest instant anything is recorded at while real time runs: a deed, or a rung written down.</summary>
    private async Task<Instant?> LatestRecordedAsync(CancellationToken ct)
    {
        Instant? latest = null;
        await using var scope = scopes.CreateAsyncScope();
        foreach (var module in modules)
        {
            var db = module.Db(scope.ServiceProvider);
            var deed = await db.Audit.OrderByDescending(a => a.At).Select(a => (Instant?)a.At).FirstOrDefaultAsync(ct);
            var rung = await db.Set<ClockRung>().OrderByDescending(r => r.WrittenAt).Select(r => (Instant?)r.WrittenAt).FirstOrDefaultAsync(ct);
            foreach (var recorded in new[] { deed, rung })
            {
                if (recorded is { } at && (latest is null || at > latest)) latest = at;
            }
        }

        return latest;
    }
}
