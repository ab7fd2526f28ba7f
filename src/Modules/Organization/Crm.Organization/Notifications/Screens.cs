using System.Collections.Concurrent;

namespace Crm.Organization.Notifications;

/// <summary>The screens that listen at this host.</summary>
internal sealed class Screens
{
    private readonly ConcurrentDictionary<Screen, byte> open = new();

    /// <summary>One more screen of somebody, until it is disposed.</summary>
    public Screen Open(string staff)
    {
        var screen = new Screen(staff, screen => open.TryRemove(screen, out _));
        open[screen] = 0;
        return screen;
    }

    /// <summary>Something new may be in any inbox.</summary>
    public void WakeAll()
    {
        foreach (var screen in open.Keys) screen.Wake();
    }

    /// <summary>Something new is in the inboxes of these people.</summary>
    public void Wake(IReadOnlySet<string> staff)
    {
        foreach (var screen in open.Keys.Where(s => staff.Contains(s.Staff))) screen.Wake();
    }
}

/// <summary>One open screen.</summary>
internal sealed class Screen(string staff, Action<Screen> close) : IDisposable
{
    private readonly SemaphoreSlim signal = new(0, 1);

    public string Staff => staff;

    /// <summary>Says that there is something new.</summary>
    public void Wake()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is about to look anyway.
        }
    }

    /// <summary>Waits until there is something new, at most so long.</summary>
    /// <returns>False when there is not, or the screen is going away.</returns>
    public async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken ct)
    {
        try
        {
            return await signal.WaitAsync(atMost, ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => close(this);
}
