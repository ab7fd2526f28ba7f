using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Crm.ApiTests.Infrastructure;

/// <summary>The host's real program as a process of its own, which knows of its surroundings only what a test tells it.</summary>
public sealed partial class HostProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process process;
    private int ended;
    private readonly ConcurrentQueue<string> output = new(), errors = new();

    private HostProgram(string[] args, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } dotnet ? dotnet : "dotnet", [Path.Combine(AppContext.BaseDirectory, "Crm.Host.dll"), .. args])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("CRM", StringComparison.OrdinalIgnoreCase) || n.StartsWith("ASPNETCORE", StringComparison.Ordinal) || n.StartsWith("OTEL", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => errors.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Its address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Everything it has said.</summary>
    public string Said => string.Join('\n', output) + string.Join('\n', errors);

    /// <summary>Starts a command, and leaves it to whoever asked to wait for it or to kill it.</summary>
    public static HostProgram Launch(string[] args, params (string Name, string Value)[] environment) => new(args, environment);

    /// <summary>Runs it to its end.</summary>
    public static async Task<Ending> RunAsync(string[] args, params (string Name, string Value)[] environment)
    {
        await using var program = new HostProgram(args, environment);
        using var patience = new CancellationTokenSource(Patience);
        return await program.EndAsync(patience.Token);
    }

    /// <summary>Starts it as a server, asks it to end (SIGTERM) when told to, and waits until it has.</summary>
    public static async Task<Ending> StopAsync(Task when, params (string Name, string Value)[] environment)
    {
        await using var program = new HostProgram(["--urls", "http://127.0.0.1:0"], environment);
        using var patience = new CancellationTokenSource(Patience);
        await when.WaitAsync(patience.Token);
        await program.AskToEndAsync();
        return await program.EndAsync(patience.Token);
    }

    /// <summary>Starts it as a server on a free port, and waits until it is ready.</summary>
    public static Task<HostProgram> StartAsync(params (string Name, string Value)[] environment) => StartAsync(port: 0, environment);

    /// <summary>Starts it as a server on this port, and waits until it is ready.</summary>
    public static async Task<HostProgram> StartAsync(int port, params (string Name, string Value)[] environment)
    {
        var program = new HostProgram(["--urls", $"http://127.0.0.1:{port}"], environment);
        try
        {
            var listening = await Eventually.BecomesAsync(() => Task.FromResult(Listening().Match(program.Said)), m => m.Success || program.process.HasExited, $"listening");
            if (!listening.Success) throw new InvalidOperationException($"The host ended: {program.Said}");
            program.Address = new Uri(listening.Groups[1].Value);
            using var http = new HttpClient { BaseAddress = program.Address };
            await Eventually.BecomesAsync(async () => (int)(await http.GetAsync("/health/ready")).StatusCode, status => status == 200, "ready");
            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>A caller with this Authorization header.</summary>
    public Api Caller(string? authorization) => new(new HttpClient { BaseAddress = Address }, authorization);

    /// <summary>Asks it to end (SIGTERM), and does not wait until it has.</summary>
    public async Task AskToEndAsync()
    {
        using var signal = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await signal.WaitForExitAsync();
    }

    private async Task<Ending> EndAsync(CancellationToken ct)
    {
        await process.WaitForExitAsync(ct);
        return new Ending(process.ExitCode, string.Join('\n', output).Trim(), string.Join('\n', errors).Trim());
    }

    /// <summary>Kills it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref ended, 1) == 1) return;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    [GeneratedRegex("""listening on: (http://127\.0\.0\.1:\d+)""")]
    private static partial Regex Listening();
}

/// <summary>How the program ended.</summary>
public sealed record Ending(int ExitCode, string Output, string Errors);
