using Crm.Build.Replay;

namespace Crm.Build.Chaos;

/// <summary>The figures of one chaos run, and whether all is well.</summary>
internal sealed record ChaosTable(
    IReadOnlyList<TimeSpan> Recoveries,
    Traffic Traffic,
    IReadOnlyList<Acknowledgement> Acknowledged,
    Failures Failures,
    Reckoning Reckoning,
    long DeliveriesLeft)
{
    private const int Shown = 10;

    /// <summary>What must be zero, each with examples where it is not.</summary>
    private IReadOnlyList<(string Figure, long Count, IEnumerable<string> Examples)> MustBeZero =>
    [
        ("server errors (5xx other than 503)", Traffic.ServerErrors, Traffic.Failures),
        ("right commands refused", Failures.Refused.Count, Failures.Refused),
        ("commands never answered", Failures.Unanswered.Count, Failures.Unanswered),
        ("acknowledged and lost", Reckoning.Lost.Count, Reckoning.Lost),
        ("cases doubled", Reckoning.Doubled.Count, Reckoning.Doubled),
        ("follow-ups missing", Reckoning.FollowUpsMissing.Count, Reckoning.FollowUpsMissing),
        ("follow-ups too many", Reckoning.FollowUpsTooMany.Count, Reckoning.FollowUpsTooMany),
        ("events parked", Reckoning.Parked, []),
        ("deliveries left behind", DeliveriesLeft, []),
    ];

    /// <summary>Nothing that must be zero is not, and something was done at all.</summary>
    public bool IsWell => Count("resolution") > 0 && MustBeZero.All(line => line.Count == 0);

    public void Print(TextWriter output)
    {
        Line("hosts killed", Recoveries.Count);
        Line("  seconds until ready again, median", $"{Seconds.ElementAtOrDefault(Seconds.Count / 2):0.0}");
        Line("  seconds until ready again, longest", $"{Seconds.LastOrDefault():0.0}");
        Line("tickets posted and acknowledged", Count("registration"));
        Line("  without a name", Acknowledged.Count(a => a is { Command: "registration", Named: false }));
        Line("acceptances acknowledged", Count("acceptance"));
        Line("resolutions acknowledged", Count("resolution"));
        Line("  with a name: follow-ups expected", Acknowledged.Count(a => a is { Command: "resolution", Named: true }));
        Line("requests", Traffic.Requests);
        Line("  retries with the same key", Traffic.Retries);
        Line("  connections refused, reset, timed out", Traffic.Broken);
        Line("  409 in progress", Traffic.Busy);
        Line("  429 over the limit", Traffic.Limited);
        Line("  503 unavailable", Traffic.Away);
        output.WriteLine("must be zero:");
        foreach (var (figure, count, examples) in MustBeZero)
        {
            Line($"  {figure}", count);
            foreach (var example in examples.Take(Shown)) output.WriteLine($"      {example}");
        }

        void Line(string figure, object value) => output.WriteLine($"{figure,-42} {value,10}");
    }

    private List<double> Seconds => [.. Recoveries.Select(r => r.TotalSeconds).Order()];

    private int Count(string command) => Acknowledged.Count(a => a.Command == command);
}
