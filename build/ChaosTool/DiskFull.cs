using System.Diagnostics;

namespace Crm.Build.Chaos;

/// <summary>
/// The disk of the database is full for a while, then there is space again. PostgreSQL may give up for want of space to write its log, and
/// is then started again as an operator would, once there is space; the hosts are not.
/// </summary>
internal static class DiskFull
{
    public static readonly Scenario Scenario = new("disk-full", "the database's disk full for 20 s, three times, and space given back", RunAsync) { DiskMegabytes = 768 };

    private const int Rounds = 3;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(20);

    private static async Task<ChaosTable> RunAsync(Shift shift, CancellationToken ct)
    {
        var hosts = await shift.StartAsync(2, ct);
        return await shift.WorkAsync(hosts, async stop =>
        {
            using var recovery = await Recovery.OfAsync(hosts, stop);
            var (rounds, gaveUp) = (shift.Options.Rounds ?? Rounds, 0);
            for (var round = 1; round <= rounds; round++)
            {
                await Task.Delay(TimeSpan.FromSeconds(5), stop);
                long taken = 0;
                for (var full = Stopwatch.StartNew(); full.Elapsed < (shift.Options.Length ?? RoundLength); await Task.Delay(100, stop)) taken = shift.Disk!.Fill();
                shift.Disk!.Release();
                if (shift.Ground.Cluster.ProcessId is null)
                {
                    gaveUp++;
                    await shift.Ground.Cluster.ResumeAsync(stop);
                }

                shift.Recoveries.Add(await recovery.OfAllAsync(stop));
                shift.Say($"round {round}: {taken >> 20} MB taken and given back; both hosts serve {shift.Recoveries[^1].TotalSeconds:0.0} s later; {shift.Traffic.Away:N0} times 503 so far");
            }

            shift.Figures.Add(("times the disk was full", rounds));
            shift.Figures.Add(("  PostgreSQL gave up and was started again", gaveUp));
        }, ct);
    }
}
