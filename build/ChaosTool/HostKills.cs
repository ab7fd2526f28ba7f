using System.Diagnostics;

namespace Crm.Build.Chaos;

/// <summary>Two hosts are killed in turn and started again. The other one goes on alone.</summary>
internal static class HostKills
{
    public static readonly Scenario Scenario = new("hosts", "kill -9 of one of two hosts after the other, 50 times", RunAsync);

    private const int Rounds = 50;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(4);

    private static async Task<ChaosTable> RunAsync(Shift shift, CancellationToken ct)
    {
        var hosts = await shift.StartAsync(2, ct);
        var restarts = new List<double>();
        return await shift.WorkAsync(hosts, async stop =>
        {
            using var recovery = await Recovery.OfAsync(hosts, stop);
            var rounds = shift.Options.Rounds ?? Rounds;
            for (var round = 1; round <= rounds; round++)
            {
                await Task.Delay((shift.Options.Length ?? RoundLength) * Random.Shared.NextDouble(), stop);
                var victim = hosts[round % hosts.Length];
                var watch = Stopwatch.StartNew();
                await victim.KillAsync();
                shift.Recoveries.Add(await recovery.OfAnyAsync(stop));
                victim.Start();
                await victim.ReadyAsync(stop);
                restarts.Add(watch.Elapsed.TotalSeconds);
                shift.Say($"round {round}: {victim.Name} killed, ready again after {restarts[^1]:0.0} s; {shift.Traffic.Requests:N0} requests so far");
            }

            shift.Figures.Add(("hosts killed", rounds));
            shift.AddMedian("  seconds until restarted and ready, median", restarts);
            shift.Figures.Add(("  seconds until restarted and ready, longest", $"{restarts.Max():0.0}"));
        }, ct);
    }
}
