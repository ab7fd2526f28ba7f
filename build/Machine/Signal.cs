using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Crm.Build.Machine;

/// <summary>Signals to processes, which .NET cannot send except for the one that cannot be caught.</summary>
internal static class Signal
{
    private const int TerminateSignal = 15, KillSignal = 9, StopSignal = 19, ContinueSignal = 18;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks the process to put things away and end. A process that is gone is no error.</summary>
    public static void Terminate(int processId) => _ = Send(processId, TerminateSignal);

    /// <summary>Ends the process without giving it a chance to react, as a power cut would. A process that is gone is no error.</summary>
    public static void Kill(int processId) => _ = Send(processId, KillSignal);

    /// <summary>Lets the process stand still until <see cref="Continue"/>: it keeps what it has open.</summary>
    public static void Stop(int processId) => _ = Send(processId, StopSignal);

    /// <summary>Lets a process that stands still go on.</summary>
    public static void Continue(int processId) => _ = Send(processId, ContinueSignal);

    /// <summary>Waits until the process is gone; false when it is still there after the time allowed.</summary>
    public static async Task<bool> GoneAsync(int processId, TimeSpan allowed)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < allowed; await Task.Delay(Poll))
        {
            using var process = LiveProcess.Find(processId);
            if (process is null) return true;
        }

        return false;
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Send(int processId, int signal);
}
