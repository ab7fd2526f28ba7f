using Crm.Build.Hosting;
using Crm.Build.Replay;

namespace Crm.Build.Chaos;

/// <summary>The frame of every scenario: hosts, clients that work while something goes wrong, and the reckoning afterwards.</summary>
/// <param name="Name">The scenario.</param>
/// <param name="Options">What was asked for.</param>
/// <param name="Ground">Database and hosts.</param>
/// <param name="Disk">The small disk the database lives on, where the scenario asked for one.</param>
/// <param name="Say">Told how it goes.</param>
internal sealed record Shift(string Name, ChaosOptions Options, Playground Ground, SmallDisk? Disk, Action<string> Say)
{
    private const int Clients = 8;

    /// <summary>Longer than a command takes on a busy machine, short enough to go to another host while one is starting.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    /// <summary>What went over the wire.</summary>
    public Traffic Traffic { get; } = new();

    /// <summary>Figures of the scenario itself, in the order of their arrival.</summary>
    public List<(string Figure, object Value)> Figures { get; } = [];

    /// <summary>Figures of the scenario itself that must be zero, with examples.</summary>
    public List<(string Figure, long Count, IEnumerable<string> Examples)> MustBeZero { get; } = [];

    /// <summary>From the end of each trouble until the hosts served again without a restart.</summary>
    public List<TimeSpan> Recoveries { get; } = [];

    /// <summary>A client that has been without an answer for so long gives up. Longer than the trouble.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Each client waits so long after each ticket. None, unless the scenario is a long one.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Starts hosts and waits until they are ready.</summary>
    public async Task<HostProcess[]> StartAsync(int count, CancellationToken ct, int? through = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        HostProcess[] hosts = [.. Enumerable.Range(0, count).Select(_ => Ground.NewHost(through, environment))];
        foreach (var host in hosts) host.Start();
        foreach (var host in hosts) await host.ReadyAsync(ct);
        Say($"{count} hosts are ready: {string.Join(" ", hosts.Select(h => h.Address))}");
        return hosts;
    }

    /// <summary>Lets the clients work for about the length of a round: half of it to one and a half, so that no two rounds meet the same moment.</summary>
    public Task RoundAsync(TimeSpan usualLength, CancellationToken ct) => Task.Delay((Options.Length ?? usualLength) * (0.5 + Random.Shared.NextDouble()), ct);

    /// <summary>Notes the median of what each round measured.</summary>
    public void AddMedian(string figure, IEnumerable<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        Figures.Add((figure, $"{sorted[sorted.Length / 2]:0.0}"));
    }

    /// <summary>Lets clients work while <paramref name="trouble"/> lasts; then everything is held against their logs.</summary>
    public async Task<ChaosTable> WorkAsync(IReadOnlyList<HostProcess> hosts, Func<CancellationToken, Task> trouble, CancellationToken ct, int clients = Clients)
    {
        var failures = new Failures();
        using var client = new CrmClient([.. hosts.Select(h => h.Address)], "demo.admin", RequestTimeout, Traffic, Patience);
        using var closingTime = new CancellationTokenSource();
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var work = Enumerable.Range(1, Options.Clients ?? clients).Select(n => ClientAsync(n, client, failures, closingTime.Token, abandoned.Token)).ToArray();
        try
        {
            await trouble(ct);
            await closingTime.CancelAsync();
            await Task.WhenAll(work);
        }
        catch
        {
            await abandoned.CancelAsync();
            await Task.WhenAll(work).ContinueWith(_ => { }, TaskScheduler.Default);
            throw;
        }

        Say("the clients have stopped; waiting for the last deliveries");
        var left = await new Deliveries(Ground.SuperuserConnection).LeftAfterDrainAsync(ct);
        Say("holding the database against the clients' logs");
        var acknowledged = AcknowledgementLog.ReadAll(Ground.Notes);
        return new ChaosTable(this, acknowledged, failures, await Reckoning.OfAsync(client, acknowledged, ct), left);
    }

    private async Task ClientAsync(int number, CrmClient client, Failures failures, CancellationToken closingTime, CancellationToken ct)
    {
        using var log = new AcknowledgementLog(Path.Combine(Ground.Notes, $"client-{number:D2}.jsonl"));
        await new Caller(number, client, log, failures, Pause).WorkAsync(closingTime, ct);
    }
}
