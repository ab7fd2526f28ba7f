using Crm.Shared.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Organization.Erasures;

/// <summary>ORG-12: what was ordered to be erased is erased: within seconds, or when what keeps it has ended. Every host looks; row locks share the work.</summary>
internal sealed partial class ErasureJob(IServiceScopeFactory scopes, TrustedTime time, ILogger<ErasureJob> logger)
    : Rounds(TimeSpan.FromSeconds(1), "What is to be erased", logger)
{
    /// <summary>Whether something is still to be kept is a question of the time.</summary>
    protected override bool IsOurs => time.IsTrusted;

    protected override async Task RoundAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<Forgetting>().SweepAsync(ct) is var looked and > 0) LogDone(looked);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} records of people who asked to be forgotten were looked at")]
    private partial void LogDone(int count);
}
