using System.Diagnostics;
using Crm.Build.Machine;

namespace Crm.Build.Hosting;

/// <summary>One host as a process of its own, which prints into a file.</summary>
/// <param name="port">Its port on localhost.</param>
/// <param name="log">The file, made anew at each start.</param>
/// <param name="settings">Its environment, beside this process's own.</param>
internal sealed class HostProcess(int port, string log, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(2), StopWithin = TimeSpan.FromSeconds(30);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private Process? process;

    /// <summary>Where it answers.</summary>
    public Uri Address { get; } = new($"http://localhost:{port}");

    /// <summary>The file it prints into.</summary>
    public string Log => log;

    /// <summary>The process that was started last.</summary>
    public int ProcessId => process?.Id ?? throw new InvalidOperationException("The host has not been started.");

    /// <summary>Starts the process; it is not ready yet.</summary>
    public void Start()
    {
        // The shell only points the streams at the file and becomes the host: the file keeps filling when this process is killed, where
        // a pipe would break.
        var start = new ProcessStartInfo(
            "/bin/sh",
            [
                "-c", "exec \"$@\" </dev/null >\"$0\" 2>&1", log,
                Executables.Dotnet, HostProject.Program, "--urls", $"http://localhost:{port}",
            ])
        {
            WorkingDirectory = Path.GetDirectoryName(HostProject.Program),
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        process = Process.Start(start)!;
        LeftOver.Note(log, process);
    }

    /// <summary>Returns when the host says that it is ready.</summary>
    /// <exception cref="ToolFailureException">It ended, or was not ready within two minutes; the message holds the end of its
    /// log.</exception>
    public async Task ReadyAsync(CancellationToken ct)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < ReadyWithin; await Task.Delay(100, ct))
        {
            if (process is null or { HasExited: true }) throw Ended();
            if (await IsReadyAsync(ct)) return;
        }

        throw new ToolFailureException(
            $"The host at {Address} did not become ready within {ReadyWithin.TotalMinutes} minutes.\n{LastWords()}");
    }

    /// <summary>Returns when the process is gone, for whatever reason.</summary>
    public Task EndAsync(CancellationToken ct) => process?.WaitForExitAsync(ct) ?? Task.CompletedTask;

    /// <summary>What to say of a host that ended by itself.</summary>
    public ToolFailureException Ended() => new($"The host at {Address} ended with exit code {process?.ExitCode}.\n{LastWords()}");

    /// <summary>Lets the host finish what it does, and ends it if that takes longer than half a minute.</summary>
    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            Signal.Terminate(process.Id);
            if (!await Signal.GoneAsync(process.Id, StopWithin)) Signal.Kill(process.Id);
            await process.WaitForExitAsync();
        }

        LeftOver.Forget(log);
        process?.Dispose();
        process = null;
        http.Dispose();
    }

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(Address, "/health/ready"), ct);
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
