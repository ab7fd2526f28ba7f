using System.Collections.Concurrent;
using System.Threading.Channels;
using Crm.Organization.Data;
using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Organization.Access;

/// <summary>
/// ORG-09: when each key was last used. A request only leaves a note in memory; it is written behind its back, at most once a minute per
/// key and host. A note that cannot be written is lost: the next use of the key leaves another.
/// </summary>
internal sealed partial class KeyUses(IServiceScopeFactory scopes, ILogger<KeyUses> logger) : BackgroundService
{
    private const int MostWaiting = 1_000;
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> noted = new();
    private readonly Channel<(string Prefix, DateTimeOffset At)> waiting =
        Channel.CreateBounded<(string, DateTimeOffset)>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Notes that a key that was found was used now; costs nothing unless a minute has passed since the last note.</summary>
    public void Note(string prefix)
    {
        var now = TimeProvider.System.GetUtcNow();
        var isNew = !noted.TryGetValue(prefix, out var last);
        if (!isNew && now - last < Least) return;
        if (isNew ? noted.TryAdd(prefix, now) : noted.TryUpdate(prefix, now, last)) waiting.Writer.TryWrite((prefix, now));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (prefix, at) in waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var used = NodaTime.Instant.FromDateTimeOffset(at);
                await scope.ServiceProvider.GetRequiredService<OrganizationDb>().ApiKeys.Where(k => k.Prefix == prefix && (k.LastUsedAt == null || k.LastUsedAt < used))
                    .ExecuteUpdateAsync(key => key.SetProperty(k => k.LastUsedAt, used), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogLost(DatabaseTrouble.KindOf(e));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last use of a key could not be written: {Failure}")]
    private partial void LogLost(string failure);
}
