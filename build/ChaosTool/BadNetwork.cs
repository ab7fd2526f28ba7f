namespace Crm.Build.Chaos;

/// <summary>Between hosts and database stands a network that delays, cuts and half-opens connections, one after the other.</summary>
internal static class BadNetwork
{
    public static readonly Scenario Scenario = new("proxy", "a network to the database that delays, cuts and half-opens connections", RunAsync);

    private const int Rounds = 6;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(15);

    private static async Task<ChaosTable> RunAsync(Shift shift, CancellationToken ct)
    {
        await using var proxy = new TroubledProxy(shift.Ground.DatabasePort);
        var hosts = await shift.StartAsync(2, ct, through: proxy.Port);
        var table = await shift.WorkAsync(hosts, async stop =>
        {
            using var recovery = await Recovery.OfAsync(hosts, stop);
            var rounds = shift.Options.Rounds ?? Rounds;
            var longest = new Dictionary<Weather, double>();
            for (var round = 0; round < rounds; round++)
            {
                var weather = (Weather[])[Weather.Slow, Weather.Cutting, Weather.HalfOpen];
                proxy.Weather = weather[round % weather.Length];
                var (before, trouble) = (shift.Traffic.Requests, proxy.Weather);
                await Task.Delay(shift.Options.Length ?? RoundLength, stop);
                proxy.Weather = Weather.Clear;
                shift.Recoveries.Add(await recovery.OfAllAsync(stop));
                longest[trouble] = Math.Max(longest.GetValueOrDefault(trouble), shift.Recoveries[^1].TotalSeconds);
                shift.Say($"round {round + 1}: {trouble}, {shift.Traffic.Requests - before:N0} requests; both hosts serve {shift.Recoveries[^1].TotalSeconds:0.0} s after it");
                await Task.Delay(TimeSpan.FromSeconds(3), stop);
            }

            shift.Figures.Add(("rounds of bad network, in turn slow, cutting, half-open", rounds));
            shift.Figures.Add(("  connections reset", proxy.Cut));
            shift.Figures.Add(("  connections silent for ever", proxy.Silenced));
            foreach (var (weather, seconds) in longest) shift.Figures.Add(($"  seconds until both hosts serve after {weather}, longest", $"{seconds:0.0}"));
        }, ct);
        foreach (var host in hosts) await host.TerminateAsync();
        return table;
    }
}
