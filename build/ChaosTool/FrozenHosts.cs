namespace Crm.Build.Chaos;

/// <summary>
/// One of two hosts stands still for longer than the database waits for the next statement of a transaction, as a virtual machine does that is moved or
/// snapshotted; then it goes on, not knowing that time has passed. Its transactions are gone, its leases are others' by then.
/// </summary>
internal static class FrozenHosts
{
    public static readonly Scenario Scenario = new("frozen", "one of two hosts after the other stands still (SIGSTOP) for 25 s, 6 times", RunAsync);

    private const int Rounds = 6;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(4), Still = TimeSpan.FromSeconds(25);

    private static async Task<ChaosTable> RunAsync(Shift shift, CancellationToken ct)
    {
        var hosts = await shift.StartAsync(2, ct);
        return await shift.WorkAsync(hosts, async stop =>
        {
            using var recovery = await Recovery.OfAsync(hosts, stop);
            var rounds = shift.Options.Rounds ?? Rounds;
            for (var round = 1; round <= rounds; round++)
            {
                await shift.RoundAsync(RoundLength, stop);
                var frozen = hosts[round % hosts.Length];
                await frozen.StandStillAsync(async () =>
                {
                    await Task.Delay(Still, stop);
                    return round;
                });
                shift.Recoveries.Add(await recovery.OfAllAsync(stop));
                shift.Say($"round {round}: {frozen.Name} stood still and serves again after {shift.Recoveries[^1].TotalSeconds:0.0} s; {shift.Traffic.Requests:N0} requests so far");
            }

            shift.Figures.Add(("hosts that stood still", rounds));
        }, ct);
    }
}
