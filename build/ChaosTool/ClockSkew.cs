using Crm.Build.Hosting;
using Crm.Build.Machine;

namespace Crm.Build.Chaos;

/// <summary>
/// One of two hosts believes that it is an hour later (libfaketime), at first ahead, then behind. Nothing may be dated by it, no deadline
/// may be wrong, and the other host goes on.
/// </summary>
internal static class ClockSkew
{
    public static readonly Scenario Scenario = new("clock-skew", "one of two hosts with its system clock an hour off, ahead and behind", RunAsync);

    private const int RightWithin = 10;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(20);
    private static readonly string[] Libraries = ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"];

    /// <summary>The audit keeps both: what the host took for now, and the database's own time.</summary>
    private const string WronglyDated =
        """
         SELECT (SELECT count(*) FROM complaints.audit_entries WHERE abs(extract(epoch FROM at - recorded_at)) > {0})
              + (SELECT count(*) FROM complaints.outbox_events WHERE abs(extract(epoch FROM occurred_at - recorded_at)) > {0} AND type NOT LIKE 'ComplaintClock%')
              + (SELECT count(*) FROM complaints.clock_rungs WHERE written_at < at)
         """;

    private static async Task<ChaosTable> RunAsync(Shift shift, CancellationToken ct)
    {
        var library = await FindLibraryAsync(shift, ct);
        var right = (await shift.StartAsync(1, ct))[0];
        HostProcess[] skewed = [.. ((string[])["+3600", "-3600"]).Select(offset => shift.Ground.NewHost(environment: new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library, ["FAKETIME"] = offset, ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1", ["DONT_FAKE_MONOTONIC"] = "1", ["FAKETIME_NO_CACHE"] = "1",
        }))];

        return await shift.WorkAsync([right, .. skewed], async stop =>
        {
            using var recovery = await Recovery.OfAsync([right], stop);
            var ready = new List<string>();
            foreach (var host in skewed)
            {
                host.Start();
                await host.AliveAsync(stop);
                for (var second = 0; second < (shift.Options.Length ?? RoundLength).TotalSeconds; second++)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), stop);
                    if (await host.IsReadyAsync(stop)) ready.Add(host.Name);
                }

                var (status, hasRetryAfter, _) = await recovery.TryAsync(host, stop);
                shift.Say($"{host.Name}: said ready {ready.Count} times, answers a command {status}{(hasRetryAfter ? " with Retry-After" : "")}");
                await host.TerminateAsync();
            }

            var wrong = (long)(await shift.Ground.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, WronglyDated, RightWithin), stop))!;
            shift.Figures.Add(("hosts an hour off, one ahead, one behind", skewed.Length));
            shift.MustBeZero.Add(("times such a host said that it was ready", ready.Count, []));
            shift.MustBeZero.Add(($"deeds and events dated more than {RightWithin} s wrong", wrong, []));
        }, ct);
    }

    private static async Task<string> FindLibraryAsync(Shift shift, CancellationToken ct)
    {
        if (Libraries.FirstOrDefault(File.Exists) is { } found) return found;
        var refused = Debian.CanInstall ? await Debian.InstallAsync(["faketime"], shift.Say, ct) : "it can be installed here only by root, with apt";
        return Libraries.FirstOrDefault(File.Exists) ?? throw new ToolFailureException($"This needs Debian's faketime: {refused}");
    }
}
