using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
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
        var (ready, projects, memory) = (new List<double>(), new List<double>(), new List<double>());
        var host = ground.NewHost(database);
        for (var start = 0; start <= Math.Max(LeastStarts, options.Rounds); start++)
        {
            var watch = Stopwatch.StartNew();
            host.Start();
            var untilReady = await UntilAsync(host, "/health/ready", key, watch, ct);
            var untilProjects = await UntilAsync(host, "/api/v1/projects", key, watch, ct);
            await Task.Delay(Idle, ct);
            var resident = Resident(host.ProcessId);
            await host.DisposeAsync();

            // The first reads the program's files from the disk.
            if (start == 0) continue;
            (ready, projects, memory) = ([.. ready, untilReady], [.. projects, untilProjects], [.. memory, resident]);
        }

        var table = new MarkdownTable("figure", "median", "least", "most");
        table.Add("process start to the first 200 of /health/ready, s", Turn.Median(ready), ready.Min(), ready.Max());
        table.Add("process start to the first 200 of GET /api/v1/projects after it, s", Turn.Median(projects), projects.Min(), projects.Max());
        table.Add("resident memory after 5 s idle, MB", Turn.Median(memory), memory.Min(), memory.Max());
        return $"""
            ### Start and memory

            {ready.Count} starts of a host on a migrated database, after one that is not counted (it reads the program's files from the disk).
            `dotnet Crm.Host.dll`, Release.

            {table}
            """;
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
