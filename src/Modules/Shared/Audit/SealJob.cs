using Crm.Shared.Data;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Crm.Shared.Audit;

/// <summary>
/// ORG-10: seals what was written, each second, on every host: the lock of each schema decides who does it, so an entry is sealed within
/// two seconds of its commit as long as one host lives.
/// </summary>
[DisallowConcurrentExecution]
internal sealed partial class SealJob(IEnumerable<Sealer> sealers, ILogger<SealJob> logger) : IJob
{
    /// <summary>Schedules the job on this host.</summary>
    public static void Schedule(IQuartzBuilder quartz) => quartz.ScheduleJob<SealJob>(
        trigger => trigger.WithIdentity("seal-each-second").WithSimpleSchedule(schedule => schedule.WithInterval(TimeSpan.FromSeconds(1)).RepeatForever()),
        job => job.WithIdentity("seal-audit"));

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        foreach (var sealer in sealers)
        {
            try
            {
                while (await sealer.SealAsync(cancellationToken) == Sealer.MostEntries)
                {
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogLater(sealer.Schema, DatabaseTrouble.KindOf(e));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The audit of {Schema} is sealed a little later: {Failure}")]
    private partial void LogLater(string schema, string failure);
}
