using System.Diagnostics;

namespace Crm.Build.Chaos;

/// <summary>Connections of the hosts are ended by the server, at random and in the middle of whatever they do.</summary>
internal static class Terminations
{
    public static readonly Scenario Scenario = new("terminations", "60 s of pg_terminate_backend at random", RunAsync);

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    private static async Task<ChaosTable> RunAsync(Shift shift, CancellationToken ct)
    {
        var hosts = await shift.StartAsync(2, ct);
        return await shift.WorkAsync(hosts, async stop =>
        {
            using var recovery = await Recovery.OfAsync(hosts, stop);
            var (ended, active) = (0L, 0L);
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < (shift.Options.Length ?? Length); await Task.Delay(Random.Shared.Next(20, 200), stop))
            {
                // Those that are in a transaction first: an idle one that ends is no trouble.
                var counted = await shift.Ground.ExecuteAsync(
                    $"""
                     WITH victim AS (
                         SELECT pid, state <> 'idle' AS active FROM pg_stat_activity
                         WHERE application_name LIKE 'crm-%' AND datname = current_database() ORDER BY (state <> 'idle')::int * random() DESC, random() LIMIT {Random.Shared.Next(1, 4)})
                     SELECT count(*) FILTER (WHERE ended) * 1000 + count(*) FILTER (WHERE ended AND active) FROM (SELECT active, pg_terminate_backend(pid) AS ended FROM victim) AS done
                     """,
                    stop);
                (ended, active) = (ended + (long)counted! / 1000, active + (long)counted % 1000);
            }

            shift.Recoveries.Add(await recovery.OfAllAsync(stop));
            shift.Figures.Add(("connections ended", ended));
            shift.Figures.Add(("  while they did something", active));
        }, ct);
    }
}
