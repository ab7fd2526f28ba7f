using System.Diagnostics;

namespace Crm.Build.Chaos;

/// <summary>Hosts are asked to stop in the middle of the work, as in every deployment: what they have begun, they finish.</summary>
internal static class Sigterm
{
    public static readonly Scenario Scenario = new("sigterm", "SIGTERM to one of two hosts after the other under load, 10 times", RunAsync);

    private const int Rounds = 10;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(4);

    private static async Task<ChaosTable> RunAsync(Shift shift, CancellationToken ct)
    {
        var hosts = await shift.StartAsync(2, ct);
        return await shift.WorkAsync(hosts, async stop =>
        {
            using var recovery = await Recovery.OfAsync(hosts, stop);
            var rounds = shift.Options.Rounds ?? Rounds;
            var (stops, unclean) = (new List<double>(), new List<string>());
            for (var round = 1; round <= rounds; round++)
            {
                await shift.RoundAsync(RoundLength, stop);
                var (leaver, watch) = (hosts[round % hosts.Length], Stopwatch.StartNew());
                var exitCode = await leaver.TerminateAsync();
                stops.Add(watch.Elapsed.TotalSeconds);
                if (exitCode != 0) unclean.Add($"round {round}: exit code {exitCode} after {stops[^1]:0.0} s");
                shift.Recoveries.Add(await recovery.OfAnyAsync(stop));
                leaver.Start();
                await leaver.ReadyAsync(stop);
                shift.Say($"round {round}: {leaver.Name} ended with {exitCode} after {stops[^1]:0.0} s; {shift.Traffic.Requests:N0} requests so far");
            }

            shift.Figures.Add(("hosts asked to stop", rounds));
            shift.AddMedian("  seconds until they had ended, median", stops);
            shift.Figures.Add(("  seconds until they had ended, longest", $"{stops.Max():0.0}"));
            shift.MustBeZero.Add(("hosts that did not end cleanly", unclean.Count, unclean));
            shift.MustBeZero.Add(("requests begun and cut off", shift.Traffic.Cut, []));
        }, ct);
    }
}
