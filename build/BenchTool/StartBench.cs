using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Crm.Build.Commands;
using Crm.Build.Hosting;

namespace Crm.Build.Bench;

/// <summary>How long a host takes from the start of its process to its first answers, and what memory it holds when nobody asks.</summary>
internal static class StartBench
{
    private const int LeastStarts = 5;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromMinutes(1), Between = TimeSpan.FromMilliseconds(2);

    public static async Task<string> RunAsync(BenchOptions options, BenchGround ground, CancellationToken ct)
    {
        var (database, _) = await ground.DatabaseAsync("start", keep: false, ct);
        await using var disposable = database;
        var key = await database.GrantKeyAsync(project: null, ct);
        var table = new MarkdownTable("program", "process start to the first 200 of /health/ready, s", "from there to GET /api/v1/projects, s", "processor time until then, s", "resident memory after 5 s idle, MB");
        await PublishCommand.ToAsync(ground.Published, "linux-x64", small: false, ct);
        var starts = Math.Max(LeastStarts, options.Rounds);
        await MeasureAsync("`./build/publish`, Crm.Host", Path.Combine(ground.Published, "app", "Crm.Host"));
        await MeasureAsync("Release build, dotnet Crm.Host.dll", published: null);
        return $"""
            ### Start and memory

            Medians of {starts} starts of a host on a migrated database, with the least and the most, after one that is not counted (it reads the
            program's files from the disk).

            {table}
            """;

        async Task MeasureAsync(string program, string? published)
        {
            var (ready, projects, busy, memory) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
            var host = ground.NewHost(database, published: published);
            for (var start = 0; start <= starts; start++)
            {
                var watch = Stopwatch.StartNew();
                host.Start();
                var untilReady = await UntilAsync(host, "/health/ready", key, watch, ct);
                var untilProjects = await UntilAsync(host, "/api/v1/projects", key, watch, ct) - untilReady;
                using var process = Process.GetProcessById(host.ProcessId);
                var processor = process.TotalProcessorTime.TotalSeconds;
                await Task.Delay(Idle, ct);
                var resident = Resident(host.ProcessId);
                await host.DisposeAsync();
                if (start > 0) (ready, projects, busy, memory) = ([.. ready, untilReady], [.. projects, untilProjects], [.. busy, processor], [.. memory, resident]);
            }

            table.Add(program, Spread(ready), Spread(projects), Spread(busy), Spread(memory));
        }

        static string Spread(List<double> figures) =>
            string.Create(CultureInfo.InvariantCulture, $"{Turn.Median(figures):0.00} ({figures.Min():0.00}–{figures.Max():0.00})");
    }

    private static async Task<double> UntilAsync(HostProcess host, string path, string key, Stopwatch watch, CancellationToken ct)
    {
        var request = WireClient.Request("GET", path, key);
        while (watch.Elapsed < Patience)
        {
            try
            {
                using var client = new WireClient(host.Address);
                if (client.Send(request) == 200) return watch.Elapsed.TotalSeconds;
            }
            catch (Exception notYet) when (notYet is SocketException or IOException)
            {
            }

            await Task.Delay(Between, ct);
        }

        throw new TimeoutException($"{path} was not answered with 200 within a minute; the host's log is {host.Log}");
    }

    /// <summary>Megabytes of physical memory; 0 where the system does not tell.</summary>
    private static double Resident(int processId)
    {
        var status = $"/proc/{processId}/status";
        if (!File.Exists(status)) return 0;
        var line = File.ReadLines(status).First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }
}
