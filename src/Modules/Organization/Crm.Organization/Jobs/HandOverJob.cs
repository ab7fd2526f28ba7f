using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Organization.Jobs;

/// <summary>
/// ORG-03: nothing stays with nobody. Every few seconds, on every host, what is with somebody who has left passes on, however it came there;
/// row locks share the work among the hosts.
/// </summary>
internal sealed partial class HandOverJob(IServiceScopeFactory scopes, OrganizationDirectory directory, TrustedTime time, ILogger<HandOverJob> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // What passes on is dated: a host with a wrong clock leaves it to others.
            if (time.IsTrusted && directory.Current.Leavers.Count > 0) await TryPassOnAsync(stoppingToken);
        }
    }

    private async Task TryPassOnAsync(CancellationToken ct)
    {
        try
        {
            while (await PassOnAsync(ct) is var passed and > 0) LogPassedOn(passed);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogLater(DatabaseTrouble.KindOf(e));
        }
    }

    private async Task<int> PassOnAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var passed = 0;
        foreach (var handOver in scope.ServiceProvider.GetServices<HandOver>()) passed += await handOver.SweepAsync(directory.Current.Leavers, ct);
        return passed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} things that were with somebody who has left passed on")]
    private partial void LogPassedOn(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is with somebody who has left passes on later: {Failure}")]
    private partial void LogLater(string failure);
}
