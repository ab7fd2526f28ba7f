using Crm.Shared.Data;
using Crm.Shared.Time;
using Microsoft.Extensions.Logging;
using NodaTime;
using Quartz;

namespace Crm.Shared.Audit;

/// <summary>
/// ORG-10: each day that has ended is closed once: the audit verified, an anchor made. Every host looks every few minutes whether it still is to be
/// done, so a night on which no host ran is closed in the morning; which host does it is decided by the database (docs/decisions/0023).
/// </summary>
[DisallowConcurrentExecution]
internal sealed partial class NightJob(IEnumerable<AuditNight> nights, AuditOptions options, TrustedTime time, ILogger<NightJob> logger) : IJob
{
    /// <summary>Schedules the job on this host.</summary>
    public static void Schedule(IQuartzBuilder quartz) => quartz.ScheduleJob<NightJob>(
        trigger => trigger.WithIdentity("night-each-minutes").WithSimpleSchedule(schedule => schedule.WithInterval(TimeSpan.FromMinutes(5)).RepeatForever()),
        job => job.WithIdentity("close-audit-day"));

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        // A host with a wrong clock would close a day that has not ended.
        if (time.IsTrusted) await RunAsync(Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow()), cancellationToken);
    }

    /// <summary>Closes the day before the one that <paramref name="now"/> lies in, in the system's zone, where that is still to be done.</summary>
    public async Task RunAsync(Instant now, CancellationToken ct)
    {
        var day = now.InZone(DateTimeZoneProviders.Tzdb[options.Zone]).Date.PlusDays(-1);
        foreach (var night in nights)
        {
            try
            {
                var findings = await night.CloseAsync(day, Microseconds.Truncate(now), ct);
                foreach (var finding in findings ?? []) LogFound(night.Schema, finding.ToString());
                await night.WriteFilesAsync(day, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogLater(night.Schema, DatabaseTrouble.KindOf(e));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit of {Schema} is not as the hosts have left it: {Finding} (docs/operations/audit.md)")]
    private partial void LogFound(string schema, string finding);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The audit of {Schema} is looked at a little later: {Failure}")]
    private partial void LogLater(string schema, string failure);
}
