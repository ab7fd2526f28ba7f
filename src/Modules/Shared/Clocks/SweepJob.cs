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

    /// <summary>Schedules the job on this host.</summary>
    public static void Schedule(IQuartzBuilder quartz) => quartz.ScheduleJob<SweepJob>(
        trigger => trigger.WithIdentity("each-second").WithSimpleSchedule(schedule => schedule.WithInterval(TimeSpan.FromSeconds(1)).RepeatForever()),
        job => job.WithIdentity(Key));

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (!time.IsTrusted) return;
        try
        {
            Instant? next = null;
            foreach (var sweep in sweeps)
            {
                await sweep.RunAsync(cancellationToken);
                if (await sweep.NextDueAsync(cancellationToken) is { } due && (next is null || due < next)) next = due;
            }

            await AimAtAsync(next, context.Scheduler, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogSkipped(e.GetType().Name);
        }
    }

    /// <summary>Between two seconds: a deadline that falls before the next regular sweep is met at its own instant.</summary>
    private async Task AimAtAsync(Instant? next, IScheduler scheduler, CancellationToken ct)
    {
        if (next is not { } due) return;
        var wait = due - clock.GetCurrentInstant();
        if (wait <= Duration.Zero || wait >= Duration.FromSeconds(1)) return;
        var aim = TriggerBuilder.Create().ForJob(Key).WithIdentity("next-due")
            .StartAt(TimeProvider.System.GetUtcNow() + wait.ToTimeSpan()).Build();
        await scheduler.ScheduleTrigger(aim, TriggerConflict.Replace, ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A sweep was skipped: {Failure}")]
    private partial void LogSkipped(string failure);
}
