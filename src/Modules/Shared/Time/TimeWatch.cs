using Crm.Shared.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crm.Shared.Time;

/// <summary>Compares this host's clock with the database's: at the start, every ten seconds, and each second while they differ.</summary>
public sealed partial class TimeWatch(TrustedTime time, IEnumerable<Module> modules, IServiceScopeFactory scopes, ILogger<TimeWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Usually = TimeSpan.FromSeconds(10), InDoubt = TimeSpan.FromSeconds(1);
    private bool isKnownWrong;

    /// <summary>Compares before anything else on this host starts to work.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(time.IsTrusted ? Usually : InDoubt, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TryAsync(stoppingToken);
        }
    }

    private async Task TryAsync(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = modules.First().Db(scope.ServiceProvider);
            await using var held = await db.HoldConnectionAsync(ct);
            await time.CompareAsync(async () =>
            {
                await using var batch = db.Batch();
                batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT clock_timestamp()"));
                return new DateTimeOffset((DateTime)(await batch.ExecuteScalarAsync(ct))!);
            });
            if (!time.IsTrusted && !isKnownWrong && time.Offset is { } offset) LogWrong(Math.Abs(offset.TotalSeconds), offset > TimeSpan.Zero ? "ahead of" : "behind");
            if (time.IsTrusted && isKnownWrong) LogRight();
            isKnownWrong = !time.IsTrusted;
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            // The database is away; until it is back, the steady clock counts on from the last comparison.
            LogNotCompared(e.GetType().Name);
        }
        catch (OperationCanceledException)
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "This host's clock is {Seconds:0} s {Direction} the database's: it serves nothing until they agree")]
    private partial void LogWrong(double seconds, string direction);

    [LoggerMessage(Level = LogLevel.Information, Message = "This host's clock agrees with the database's again")]
    private partial void LogRight();

    [LoggerMessage(Level = LogLevel.Warning, Message = "This host's clock could not be compared with the database's: {Failure}")]
    private partial void LogNotCompared(string failure);
}
