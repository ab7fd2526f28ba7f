using System.Diagnostics;

namespace Crm.Build.Chaos;

/// <summary>PostgreSQL is stopped for a while. The hosts stay alive, say 503 with Retry-After, quickly, and go on when it is back.</summary>
internal static class DatabaseAway
{
    public static readonly Scenario Scenario = new("away", "the database away for 60 s (--seconds 600 for ten minutes)", RunAsync);

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    private static async Task<ChaosTable> RunAsync(Shift ordinary, CancellationToken ct)
    {
        var away = ordinary.Options.Length ?? Length;
        var shift = ordinary with { Patience = away + TimeSpan.FromMinutes(3) };
        var hosts = await shift.StartAsync(2, ct);
        return await shift.WorkAsync(hosts, async stop =>
        {
            using var recovery = await Recovery.OfAsync(hosts, stop);
            await Task.Delay(TimeSpan.FromSeconds(10), stop);
            shift.Say($"the database is away for {away.TotalSeconds:0} s");
            await shift.Ground.Cluster.StopAsync();
            var (answers, other, slowest) = (0, new List<string>(), TimeSpan.Zero);
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < away; await Task.Delay(TimeSpan.FromMilliseconds(500), stop))
            {
                foreach (var host in hosts)
                {
                    var (status, hasRetryAfter, time) = await recovery.TryAsync(host, stop);
                    answers++;
                    if (status != 503 || !hasRetryAfter) other.Add($"{host.Name}: {status}{(hasRetryAfter ? "" : " without Retry-After")}");
                    if (time > slowest) slowest = time;
                }
            }

            await shift.Ground.Cluster.ResumeAsync(stop);
            shift.Recoveries.Add(await recovery.OfAllAsync(stop));
            await Task.Delay(TimeSpan.FromSeconds(10), stop);
            shift.Figures.Add(("seconds away", $"{away.TotalSeconds:0}"));
            shift.Figures.Add(("  asked meanwhile", answers));
            shift.Figures.Add(("  slowest answer, seconds", $"{slowest.TotalSeconds:0.0}"));
            shift.MustBeZero.Add(("answers while away other than 503 with Retry-After", other.Count, other));
        }, ct);
    }
}
