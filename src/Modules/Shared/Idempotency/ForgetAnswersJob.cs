using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Crm.Shared.Idempotency;

/// <summary>Clears answers whose time is over, every hour on every host, in small pieces: twice changes nothing.</summary>
[DisallowConcurrentExecution]
public sealed partial class ForgetAnswersJob(IEnumerable<Module> modules, IServiceScopeFactory scopes, ILogger<ForgetAnswersJob> logger) : IJob
{
    private const int Piece = 1_000;

    /// <summary>Schedules the job on this host.</summary>
    public static void Schedule(IQuartzBuilder quartz) => quartz.ScheduleJob<ForgetAnswersJob>(
        trigger => trigger.WithIdentity("each-hour").WithSimpleSchedule(schedule => schedule.WithInterval(TimeSpan.FromHours(1)).RepeatForever()),
        job => job.WithIdentity("forget-answers"));

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            foreach (var module in modules)
            {
                var answers = module.Db(scope.ServiceProvider).StoredAnswers.Where(a => EF.Property<DateTime>(a, "StoredAt") < TimeProvider.System.GetUtcNow().UtcDateTime - StoredAnswer.Retention);
                while (await answers.OrderBy(a => EF.Property<DateTime>(a, "StoredAt")).Take(Piece).ExecuteDeleteAsync(cancellationToken) == Piece)
                {
                }
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogLater(e.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Expired answers are cleared at the next hour: {Failure}")]
    private partial void LogLater(string failure);
}
