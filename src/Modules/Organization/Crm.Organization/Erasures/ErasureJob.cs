using Crm.Shared.Data;
using Crm.Shared.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Organization.Erasures;

/// <summary>ORG-12: what was ordered to be erased is erased: within seconds, or when what keeps it has ended. Every host looks; row locks share the work.</summary>
internal sealed partial class ErasureJob(IServiceScopeFactory scopes, TrustedTime time, ILogger<ErasureJob> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Whether something is still to be kept is a question of the time: a host with a wrong clock leaves it to others.
            if (time.IsTrusted) await TryAsync(stoppingToken);
        }
    }

    private async Task TryAsync(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await scope.ServiceProvider.GetRequiredService<Forgetting>().SweepAsync(ct) is var looked and > 0) LogDone(looked);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogLater(DatabaseTrouble.KindOf(e));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} records of people who asked to be forgotten were looked at")]
    private partial void LogDone(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is to be erased is erased later: {Failure}")]
    private partial void LogLater(string failure);
}
