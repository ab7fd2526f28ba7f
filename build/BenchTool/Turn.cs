namespace Crm.Build.Bench;

/// <summary>What one round of one side came to.</summary>
/// <param name="Rate">Requests or transactions a second.</param>
/// <param name="P50">Milliseconds within which half of them were answered.</param>
/// <param name="P99">Milliseconds within which 99 of a hundred were answered.</param>
/// <param name="Cpu">Microseconds of processor time that each of them took, by who used it.</param>
internal sealed record Turn(double Rate, double P50, double P99, CpuSplit Cpu)
{
    /// <param name="milliseconds">The latency of each request, in any order.</param>
    /// <param name="seconds">How long the round took.</param>
    /// <param name="cpu">Processor time of the whole round.</param>
    public static Turn Of(double[] milliseconds, double seconds, CpuSplit cpu)
    {
        Array.Sort(milliseconds);
        return new Turn(
            milliseconds.Length / seconds, Percentile(milliseconds, 0.50), Percentile(milliseconds, 0.99), cpu.Each(Math.Max(1, milliseconds.Length)));
    }

    /// <summary>The medians of several rounds, each figure for itself.</summary>
    public static Turn Median(IReadOnlyCollection<Turn> turns) => new(
        Median(turns.Select(t => t.Rate)), Median(turns.Select(t => t.P50)), Median(turns.Select(t => t.P99)),
        new CpuSplit(Median(turns.Select(t => t.Cpu.Host)), Median(turns.Select(t => t.Cpu.Database)), Median(turns.Select(t => t.Cpu.Clients))));

    public static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <param name="sorted">Ascending.</param>
    /// <param name="part">From 0 to 1.</param>
    public static double Percentile(double[] sorted, double part) =>
        sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(part * sorted.Length) - 1)];
}

/// <summary>Two sides that took turns: A B A B, so that what changes on the machine changes for both.</summary>
internal sealed record Contest(Turn Api, Turn Pgbench)
{
    public static async Task<Contest> RunAsync(int rounds, Func<Task<Turn>> api, Func<Task<Turn>> pgbench)
    {
        var (ours, theirs) = (new List<Turn>(), new List<Turn>());
        for (var round = 0; round < rounds; round++)
        {
            ours.Add(await api());
            theirs.Add(await pgbench());
        }

        return new Contest(Turn.Median(ours), Turn.Median(theirs));
    }

    public static MarkdownTable Table() => new(
        "request", "clients", "API/s", "pgbench/s", "ratio", "API p50 ms", "API p99 ms", "p99/p50", "pgbench p50 ms", "pgbench p99 ms",
        "API: CPU µs host", "database", "client", "pgbench: CPU µs database", "pgbench");

    public void AddTo(MarkdownTable table, string request, int clients) => table.Add(
        request, clients, Api.Rate, Pgbench.Rate, Api.Rate / Pgbench.Rate, Api.P50, Api.P99, Api.P99 / Api.P50, Pgbench.P50, Pgbench.P99,
        Api.Cpu.Host, Api.Cpu.Database, Api.Cpu.Clients, Pgbench.Cpu.Database, Pgbench.Cpu.Clients);
}
