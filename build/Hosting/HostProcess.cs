using System.Diagnostics;
using Crm.Build.Machine;

namespace Crm.Build.Hosting;

/// <summary>One host as a process of its own, which prints into a file, and can be ended in any way and started again on its port.</summary>
/// <param name="name">What people call it.</param>
/// <param name="port">Its port on localhost.</param>
/// <param name="log">The file: made anew by the first start, continued by later ones.</param>
/// <param name="settings">Its environment, beside this process's own.</param>
/// <param name="published">The program of a published folder; null for the Release build, run by dotnet.</param>
internal sealed class HostProcess(string name, int port, string log, IReadOnlyDictionary<string, string> settings, string? published = null) : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(2), StopWithin = TimeSpan.FromSeconds(30);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private Process? process;

    /// <summary>What people call it.</summary>
    public string Name => name;

    /// <summary>Where it answers.</summary>
    public Uri Address { get; } = new($"http://localhost:{port}");

    /// <summary>The file it prints into.</summary>
    public string Log => log;

    /// <summary>The process that was started last.</summary>
    public int ProcessId => process?.Id ?? throw new InvalidOperationException("The host has not been started.");

    /// <summary>Starts the process; it is not ready yet.</summary>
    public void Start()
    {
        string[] program = published is null ? [Executables.Dotnet, HostProject.Program] : [published];
        // The shell only points the streams at the file and becomes the host: the file keeps filling when this process is killed, where
        // a pipe would break.
        var start = new ProcessStartInfo(
            "/bin/sh",
            [
                "-c", $"exec \"$@\" </dev/null {(process is null ? ">" : ">>")}\"$0\" 2>&1", log,
                .. program, "--urls", $"http://localhost:{port}",
            ])
        {
            WorkingDirectory = Path.GetDirectoryName(program[^1]),
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        process?.Dispose();
        process = Process.Start(start)!;
        LeftOver.Note(log, process);
    }

    /// <summary>Returns when the host says that it is ready.</summary>
    /// <exception cref="ToolFailureException">It ended, or was not ready within two minutes; the message holds the end of its
    /// log.</exception>
    public Task ReadyAsync(CancellationToken ct) => UntilAsync(IsReadyAsync, "ready", ct);

    /// <summary>Returns when the host answers at all.</summary>
    /// <exception cref="ToolFailureException">As for <see cref="ReadyAsync"/>.</exception>
    public Task AliveAsync(CancellationToken ct) => UntilAsync(stop => IsAsync("/health/live", stop), "alive", ct);

    private async Task UntilAsync(Func<CancellationToken, Task<bool>> isThere, string what, CancellationToken ct)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < ReadyWithin; await Task.Delay(50, ct))
        {
            if (process is null or { HasExited: true }) throw Ended();
            if (await isThere(ct)) return;
        }

        throw new ToolFailureException(
            $"{name} at {Address} did not become {what} within {ReadyWithin.TotalMinutes} minutes.\n{LastWords()}");
    }

    /// <summary>Returns when the process is gone, for whatever reason.</summary>
    public Task EndAsync(CancellationToken ct) => process?.WaitForExitAsync(ct) ?? Task.CompletedTask;

    /// <summary>What to say of a host that ended by itself.</summary>
    public ToolFailureException Ended() => new($"{name} at {Address} ended with exit code {process?.ExitCode}.\n{LastWords()}");

    /// <summary>kill -9: no goodbye, no flush, sockets reset.</summary>
    public async Task KillAsync()
    {
        if (process is null) return;
        Signal.Kill(process.Id);
        await process.WaitForExitAsync();
    }

    /// <summary>Lets the host stand still while <paramref name="meanwhile"/> is done.</summary>
    public async Task<T> StandStillAsync<T>(Func<Task<T>> meanwhile)
    {
        Signal.Stop(ProcessId);
        try
        {
            return await meanwhile();
        }
        finally
        {
            Signal.Continue(ProcessId);
        }
    }

    /// <summary>SIGTERM: the host may finish what it does; one that takes longer than half a minute is killed.</summary>
    /// <returns>Its exit code; 137 when it had to be killed.</returns>
    public async Task<int> TerminateAsync()
    {
        if (process is null) return 0;
        if (!process.HasExited) Signal.Terminate(process.Id);
        if (!await Signal.GoneAsync(process.Id, StopWithin)) Signal.Kill(process.Id);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Lets the host finish what it does, and ends it if that takes longer than half a minute.</summary>
    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await TerminateAsync();
        LeftOver.Forget(log);
        process?.Dispose();
        process = null;
        http.Dispose();
    }

    /// <summary>Whether it says at this moment that it can serve.</summary>
    public Task<bool> IsReadyAsync(CancellationToken ct) => IsAsync("/health/ready", ct);

    private async Task<bool> IsAsync(string path, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(Address, path), ct);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException
            || (notYet is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }

    private string LastWords() =>
        $"The end of {log}:\n  " + string.Join("\n  ", File.Exists(log) ? File.ReadLines(log).TakeLast(20) : ["(nothing)"]);
}
