using Crm.Organization.Contracts;
using Crm.Shared.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Organization.Jobs;

/// <summary>
/// ORG-03: nothing stays with nobody. Every few seconds, on every host, what is with somebody who has left passes on, however it came there;
/// row locks share the work among the hosts.
/// </summary>
internal sealed partial class HandOverJob(IServiceScopeFactory scopes, OrganizationDirectory directory, TrustedTime time, ILogger<HandOverJob> logger)
    : Rounds(TimeSpan.FromSeconds(5), "What is with somebody who has left", logger)
{
    /// <summary>What passes on is dated.</summary>
    protected override bool IsOurs => time.IsTrusted && directory.Current.Leavers.Count > 0;

    protected override async Task RoundAsync(CancellationToken ct)
    {
        while (await PassOnAsync(ct) is var passed and > 0) LogPassedOn(passed);
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
}
