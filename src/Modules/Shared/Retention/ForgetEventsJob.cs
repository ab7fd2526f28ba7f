using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Crm.Shared.Retention;

/// <summary>
/// Forgets old events and that they were received, every hour on every host: twice changes nothing. What was received is forgotten only where
/// no module's outbox can deliver it again, however old it is: the inbox is what makes an event act once.
/// </summary>
[DisallowConcurrentExecution]
public sealed partial class ForgetEventsJob(IServiceProvider services, RetentionOptions options, ILogger<ForgetEventsJob> logger) : IJob
{
    /// <summary>Schedules the job on this host.</summary>
    public static void Schedule(IQuartzBuilder quartz) => quartz.ScheduleJob<ForgetEventsJob>(
        trigger => trigger.WithIdentity("forget-events-each-hour").WithSimpleSchedule(schedule => schedule.WithInterval(TimeSpan.FromHours(1)).RepeatForever()),
        job => job.WithIdentity("forget-events"));

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            var (events, received) = await RunAsync(cancellationToken);
            if (events + received > 0) LogForgotten(events, received);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogLater(e.GetType().Name);
        }
    }

    /// <summary>Forgets what is old now.</summary>
    /// <returns>How many events, and how many receipts.</returns>
    public async Task<(long Events, long Received)> RunAsync(CancellationToken ct)
    {
        var modules = services.GetServices<EventRetention>().ToArray();
        var (events, received) = (0L, 0L);
        foreach (var module in modules) events += await module.ForgetEventsAsync(await module.HorizonAsync(options.Events, ct), ct);

        var horizon = await modules[0].HorizonAsync(options.Inbox, ct);
        var kept = new List<Guid>();
        foreach (var producer in modules)
        {
            var undelivered = await producer.UndeliveredAsync(horizon, ct);
            kept.AddRange(undelivered);
            // There may be more than were read: then nothing behind the last of them is touched this time.
            if (undelivered.Count == EventRetention.Piece) horizon = horizon with { Id = Smaller(horizon.Id, undelivered[^1]) };
        }

        foreach (var consumer in modules) received += await consumer.ForgetReceivedAsync(horizon, kept, ct);
        return (events, received);
    }

    /// <summary>The one that PostgreSQL sorts first.</summary>
    private static Guid Smaller(Guid one, Guid other) => string.CompareOrdinal(one.ToString(), other.ToString()) < 0 ? one : other;

    [LoggerMessage(Level = LogLevel.Information, Message = "Forgot {Events} events that everybody has received, and {Received} receipts")]
    private partial void LogForgotten(long events, long received);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old events are forgotten at the next hour: {Failure}")]
    private partial void LogLater(string failure);
}
