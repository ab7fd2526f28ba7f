using System.Diagnostics;
using Crm.Build.Hosting;
using Crm.Build.Replay;

namespace Crm.Build.Chaos;

/// <summary>
/// Two hosts on one database are killed in turn while clients work on tickets. Nothing acknowledged may be lost, nothing doubled,
/// no delivery left behind, and nobody may see a server error.
/// </summary>
internal static class KillInTurn
{
    public const string Name = "kill-in-turn";

    private const int Callers = 16;

    /// <summary>Longer than a command takes on a busy machine, short enough to go to the other host while one is starting.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    public static async Task<ChaosTable> RunAsync(ChaosOptions options, Playground ground, Action<string> say, CancellationToken ct)
    {
        HostProcess[] hosts = [ground.NewHost(), ground.NewHost()];
        foreach (var host in hosts) host.Start();
        foreach (var host in hosts) await host.ReadyAsync(ct);
        say($"two hosts are ready: {hosts[0].Address} {hosts[1].Address}");

        var (traffic, failures) = (new Traffic(), new Failures());
        using var client = new CrmClient([.. hosts.Select(h => h.Address)], "demo.admin", RequestTimeout, traffic);
        using var closingTime = new CancellationTokenSource();
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var work = Enumerable.Range(1, Callers).Select(n => WorkAsync(n, client, ground, failures, closingTime.Token, abandoned.Token)).ToArray();

        List<TimeSpan> recoveries;
        try
        {
            recoveries = await KillAsync(hosts, options, traffic, say, ct);
            await closingTime.CancelAsync();
            await Task.WhenAll(work);
        }
        catch
        {
            await abandoned.CancelAsync();
            await Task.WhenAll(work).ContinueWith(_ => { }, TaskScheduler.Default);
            throw;
        }

        say("the clients have stopped; waiting for the last deliveries");
        var left = await new Deliveries(ground.SuperuserConnection).LeftAfterDrainAsync(ct);
        say("holding the database against the clients' logs");
        var acknowledged = AcknowledgementLog.ReadAll(ground.Notes);
        var reckoning = await Reckoning.OfAsync(client, acknowledged, ct);
        return new ChaosTable(recoveries, traffic, acknowledged, failures, reckoning, left);
    }

    private static async Task WorkAsync(
        int number, CrmClient client, Playground ground, Failures failures, CancellationToken closingTime, CancellationToken ct)
    {
        using var log = new AcknowledgementLog(Path.Combine(ground.Notes, $"client-{number:D2}.jsonl"));
        await new Caller(number, client, log, failures).WorkAsync(closingTime, ct);
    }

    /// <returns>The time from each kill until the same host was ready again.</returns>
    private static async Task<List<TimeSpan>> KillAsync(
        HostProcess[] hosts, ChaosOptions options, Traffic traffic, Action<string> say, CancellationToken ct)
    {
        var recoveries = new List<TimeSpan>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            var moment = options.RoundLength * Random.Shared.NextDouble();
            await Task.Delay(moment, ct);

            var victim = hosts[round % hosts.Length];
            var recovery = Stopwatch.StartNew();
            await victim.KillAsync();
            victim.Start();
            await victim.ReadyAsync(ct);
            recoveries.Add(recovery.Elapsed);
            say($"round {round,2}: {victim.Name} killed after {moment.TotalSeconds:0.00} s, ready again after "
                + $"{recoveries[^1].TotalSeconds:0.0} s; {traffic.Requests:N0} requests so far");

            await Task.Delay(options.RoundLength - moment, ct);
        }

        return recoveries;
    }
}
