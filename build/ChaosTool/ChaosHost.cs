using System.Diagnostics;
using Crm.Build.Hosting;
using Crm.Build.Machine;

namespace Crm.Build.Chaos;

/// <summary>A host as a process of its own, that can be killed and started again on the same port, printing on into the same file.</summary>
internal sealed class ChaosHost(string name, int port, string log, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(90), StopWithin = TimeSpan.FromSeconds(30);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private Process? process;

    public string Name => name;

    public Uri Address { get; } = new($"http://localhost:{port}");

    /// <summary>Starts the process and returns when it says that it is ready.</summary>
    /// <exception cref="ToolFailureException">It ended, or was not ready in time; the message names its log.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        // The shell only points the streams at the file and becomes the host, so that a kill meets the host itself.
        var start = new ProcessStartInfo(
            "/bin/sh", ["-c", "exec \"$@\" </dev/null >>\"$0\" 2>&1", log, Executables.Dotnet, HostProject.Program, "--urls", $"http://localhost:{port}"])
        {
            WorkingDirectory = Path.GetDirectoryName(HostProject.Program),
        };
        foreach (var (key, value) in settings) start.Environment[key] = value;
        process?.Dispose();
        process = Process.Start(start)!;

        for (var waited = Stopwatch.StartNew(); waited.Elapsed < ReadyWithin; await Task.Delay(50, ct))
        {
            if (process.HasExited) throw new ToolFailureException($"{name} ended with exit code {process.ExitCode}; its log is {log}");
            if (await IsReadyAsync(ct)) return;
        }

        throw new ToolFailureException($"{name} was not ready within {ReadyWithin.TotalSeconds:0} seconds; its log is {log}");
    }

    /// <summary>kill -9: no goodbye, no flush, sockets reset.</summary>
    public async Task KillAsync()
    {
        if (process is null) return;
        Signal.Kill(process.Id);
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            Signal.Terminate(process.Id);
            if (!await Signal.GoneAsync(process.Id, StopWithin)) await KillAsync();
        }

        process?.Dispose();
        http.Dispose();
    }

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(Address, "/health/ready"), ct);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException || (notYet is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }
}
