using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Crm.Build.Machine;

/// <summary>How another program ended.</summary>
/// <param name="ExitCode">Its exit code; 127 when it could not be started.</param>
/// <param name="Output">What it printed to both streams, lines in the order of their arrival.</param>
internal sealed record Outcome(int ExitCode, string Output)
{
    /// <summary>It ended with exit code 0.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>The end of what it printed, where the reason usually is.</summary>
    public string LastLines(int count = 15) => string.Join('\n', Output.TrimEnd().Split('\n').TakeLast(count));
}

/// <summary>Runs other programs to their end.</summary>
internal static class Subprocess
{
    /// <summary>Runs silently and returns what was printed. Cancelled, it ends the program and everything the program started.</summary>
    public static async Task<Outcome> CaptureAsync(ProcessStartInfo start, CancellationToken ct = default)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var output = new StringBuilder();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception absent)
        {
            return new Outcome(127, absent.Message);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await EndAsync(process, () => process.Kill(entireProcessTree: true), ct);
        lock (output) return new Outcome(process.ExitCode, output.ToString());

        void Keep(string? line)
        {
            if (line is null) return;
            lock (output) output.Append(line).Append('\n');
        }
    }

    /// <inheritdoc cref="CaptureAsync(ProcessStartInfo, CancellationToken)"/>
    public static Task<Outcome> CaptureAsync(string program, IEnumerable<string> args, CancellationToken ct = default) =>
        CaptureAsync(new ProcessStartInfo(program, args), ct);

    /// <summary>Runs on this terminal and returns the exit code. Cancelled, it asks the program to end and waits for it.</summary>
    public static async Task<int> PassThroughAsync(ProcessStartInfo start, CancellationToken ct)
    {
        using var process = Process.Start(start)!;
        await EndAsync(process, () => Signal.Terminate(process.Id), ct);
        return process.ExitCode;
    }

    private static async Task EndAsync(Process process, Action stop, CancellationToken ct)
    {
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            stop();
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }
}
