using System.Diagnostics;

namespace Crm.Build.Chaos;

/// <summary>
/// PostgreSQL is killed, in every other round with all of its backends at the same moment, and started again, which replays its log. The
/// hosts run on.
/// </summary>
internal static class DatabaseKills
{
    public static readonly Scenario Scenario = new("database-kills", "kill -9 of PostgreSQL, 20 times", RunAsync);

    private const int Rounds = 20;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(4);

    private static async Task<ChaosTable> RunAsync(Shift shift, CancellationToken ct)
    {
        var hosts = await shift.StartAsync(2, ct);
        return await shift.WorkAsync(hosts, async stop =>
        {
            using var recovery = await Recovery.OfAsync(hosts, stop);
            var rounds = shift.Options.Rounds ?? Rounds;
            var outages = new List<double>();
            for (var round = 1; round <= rounds; round++)
            {
                await shift.RoundAsync(RoundLength, stop);
                var outage = Stopwatch.StartNew();
                await shift.Ground.Cluster.KillAsync(withBackends: round % 2 == 1);
                await shift.Ground.Cluster.ResumeAsync(stop);
                outages.Add(outage.Elapsed.TotalSeconds);
                shift.Recoveries.Add(await recovery.OfAllAsync(stop));
                shift.Say($"round {round}: away for {outages[^1]:0.0} s, both hosts serve {shift.Recoveries[^1].TotalSeconds:0.0} s after its return; {shift.Traffic.Requests:N0} requests so far");
            }

            shift.Figures.Add(("database servers killed", rounds));
            shift.AddMedian("  seconds until it accepted connections, median", outages);
        }, ct);
    }
}
