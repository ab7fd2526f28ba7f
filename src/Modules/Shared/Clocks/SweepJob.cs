using Crm.Shared.Data;
using Crm.Shared.Time;
using Microsoft.Extensions.Logging;
using NodaTime;
using Quartz;

namespace Crm.Shared.Clocks;

/// <summary>
/// The Quartz job behind every deadline: on every host, each second, and at the next due instant it knows. In memory on purpose: the
/// database's row locks decide who acts, so no host needs to win a trigger first.
/// </summary>
[DisallowConcurrentExecution]
public sealed partial class SweepJob(IEnumerable<ClockSweep> sweeps, IClock clock, TrustedTime time, ILogger<SweepJob> logger) : IJob
{
    private static readonly JobKey Key = new("sweep-clocks");
    private static readonly Duration Regular = Duration.FromSeconds(1);

    /// <summary>Schedules the job on this host.</summary>
    public static void Schedule(IQuartzBuilder quartz) => quartz.ScheduleJob<SweepJob>(
        trigger => trigger.WithIdentity("each-second").WithSimpleSchedule(schedule => schedule.WithInterval(Regular.ToTimeSpan()).RepeatForever()),
        job => job.WithIdentity(Key));

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (!time.IsTrusted) return;
        var dues = new List<Instant?>();
        foreach (var sweep in sweeps)
        {
            try
            {
                await sweep.RunAsync(cancellationToken);
                dues.Add(await sweep.NextDueAsync(cancellationToken));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The trouble of one module's clocks is not the next one's.
                LogSkipped(DatabaseTrouble.KindOf(e));
            }
        }

        if (WaitFor(dues, clock.GetCurrentInstant()) is { } wait) await RunAgainInAsync(wait, context.Scheduler, cancellationToken);
    }

    /// <summary>Between two seconds: a deadline that falls before the next regular sweep is met at its own instant.</summary>
    /// <param name="dues">The next deadline of each sweep; null where none runs.</param>
    /// <param name="now">The instant at which that was found out.</param>
    /// <returns>How long until the first of them; null when the regular sweep is early enough for it.</returns>
    internal static TimeSpan? WaitFor(IEnumerable<Instant?> dues, Instant now) =>
        dues.Min() - now is { } wait && wait > Duration.Zero && wait < Regular ? wait.ToTimeSpan() : null;

    private static async Task RunAgainInAsync(TimeSpan wait, IScheduler scheduler, CancellationToken ct)
    {
        var aim = TriggerBuilder.Create().ForJob(Key).WithIdentity("next-due").StartAt(TimeProvider.System.GetUtcNow() + wait).Build();
        await scheduler.ScheduleTrigger(aim, TriggerConflict.Replace, ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A sweep was skipped: {Failure}")]
    private partial void LogSkipped(string failure);
}
