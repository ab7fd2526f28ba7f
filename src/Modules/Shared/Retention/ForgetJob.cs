using Crm.Shared.Clocks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Crm.Shared.Retention;

/// <summary>
/// Forgets old events, that they were received, answers kept for retries, and what modules keep for a while only, every hour on every host: twice changes nothing. What was
/// received is forgotten only where no module's outbox can deliver it again, however old it is: the inbox is what makes an event act once.
/// </summary>
[DisallowConcurrentExecution]
public sealed partial class ForgetJob(IServiceProvider services, RetentionOptions options, ILogger<ForgetJob> logger) : IJob
{
    /// <summary>So long after a preview that nobody applied it can still be looked at.</summary>
    private static readonly TimeSpan PreviewsKept = TimeSpan.FromDays(7);

    /// <summary>Schedules the job on this host.</summary>
    public static void Schedule(IQuartzBuilder quartz) => quartz.ScheduleJob<ForgetJob>(
        trigger => trigger.WithIdentity("each-hour").WithSimpleSchedule(schedule => schedule.WithInterval(TimeSpan.FromHours(1)).RepeatForever()),
        job => job.WithIdentity("forget"));

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            var (events, received, answers, others) = await RunAsync(cancellationToken);
            if (events + received + answers + others > 0) LogForgotten(events, received, answers, others);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogLater(e.GetType().Name);
        }
    }

    /// <summary>Forgets what is old now.</summary>
    /// <returns>How many events, receipts, answers and rows of the modules' own.</returns>
    public async Task<(long Events, long Received, long Answers, long Others)> RunAsync(CancellationToken ct)
    {
        var modules = services.GetServices<ModuleRetention>().ToArray();
        var (events, received, answers, others) = (0L, 0L, 0L, 0L);
        foreach (var module in modules) events += await module.ForgetEventsAsync(await module.HorizonAsync(options.Events, ct), ct);

        var horizon = await modules[0].HorizonAsync(options.Inbox, ct);
        var kept = new List<Guid>();
        foreach (var producer in modules)
        {
            var undelivered = await producer.UndeliveredAsync(horizon, ct);
            kept.AddRange(undelivered);
            // There may be more than were read: then nothing behind the last of them is touched this time.
            if (undelivered.Count == ModuleRetention.Piece) horizon = horizon with { Id = new[] { horizon.Id, undelivered[^1] }.Min() };
        }

        foreach (var consumer in modules) received += await consumer.ForgetReceivedAsync(horizon, kept, ct);
        // A module that has not heard yet that a preview was applied has it still as one that was not.
        var isPreviewUnheard = false;
        foreach (var module in modules) isPreviewUnheard |= await module.HasUndeliveredAsync(PlannedMove.Release, ct);
        foreach (var module in modules)
        {
            answers += await module.ForgetAnswersAsync(ct);
            if (!isPreviewUnheard) await module.ForgetPreviewsAsync(await module.HorizonAsync(PreviewsKept, ct), ct);
        }

        foreach (var rows in services.GetServices<ForgottenRows>())
        {
            var module = modules.Single(m => m.Schema == rows.Schema);
            others += await module.ForgetAsync(rows, await module.HorizonAsync(rows.Age(options), ct), ct);
        }

        return (events, received, answers, others);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Forgot {Events} events that everybody has received, {Received} receipts, {Answers} answers and {Others} other rows")]
    private partial void LogForgotten(long events, long received, long answers, long others);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is old is forgotten at the next hour: {Failure}")]
    private partial void LogLater(string failure);
}
