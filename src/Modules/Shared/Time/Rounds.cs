using Crm.Shared.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Shared.Time;

/// <summary>
/// What a host does again and again beside its answers. A round that fails is said in the log, by the kind
/// of failure alone, and is made good by a later one: each round finds by itself what is to be done, and none is made while one is under way.
/// </summary>
/// <param name="interval">From one round to the next. What becomes due while a round takes longer than that is one round.</param>
/// <param name="work">What has to wait while rounds fail, as the log says it, such as "What is to be erased".</param>
/// <param name="logger">Told of failures.</param>
/// <param name="firstAfter">How long after the host's start the first round is: none, unless it is heavy and can wait.</param>
public abstract partial class Rounds(TimeSpan interval, string work, ILogger logger, TimeSpan firstAfter = default) : BackgroundService
{
    /// <summary>False while there is nothing to do, or while it is better left to other hosts: whoever dates what it does needs <see cref="TrustedTime.IsTrusted"/>.</summary>
    protected virtual bool IsOurs => true;

    /// <summary>Does what is to be done.</summary>
    protected abstract Task RoundAsync(CancellationToken ct);

    /// <summary>Lets go of what may have caused the failure, before the next round.</summary>
    protected virtual void AfterFailure()
    {
    }

    /// <summary>One round, whatever becomes of it.</summary>
    protected async Task TryRoundAsync(CancellationToken ct)
    {
        try
        {
            await RoundAsync(ct);
        }
        catch (Exception e)
        {
            AfterFailure();
            // A host that is ending has no next round.
            if (!ct.IsCancellationRequested) LogLater(work, DatabaseTrouble.KindOf(e));
        }
    }

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(firstAfter, stoppingToken);
        using var timer = new PeriodicTimer(interval);
        do
        {
            if (IsOurs) await TryRoundAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Work} must wait for the next round: {Failure}")]
    private partial void LogLater(string work, string failure);
}
