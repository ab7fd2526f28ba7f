namespace Crm.Shared.Events;

/// <summary>The in-process wake-up of a module's dispatcher, right after a commit. Losing one costs a poll interval, never an event.</summary>
public class OutboxSignal
{
    private readonly SemaphoreSlim signal = new(0, 1);

    /// <summary>Says that there may be something to deliver.</summary>
    public void Wake()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake.
        }
    }

    /// <summary>Waits for a wake-up, at most <paramref name="poll"/>.</summary>
    public Task WaitAsync(TimeSpan poll, CancellationToken ct) => signal.WaitAsync(poll, ct);
}

/// <summary>The wake-up of the module whose database is <typeparamref name="TDb"/>.</summary>
public sealed class OutboxSignal<TDb> : OutboxSignal;
