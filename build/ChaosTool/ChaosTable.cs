namespace Crm.Build.Chaos;

/// <summary>The figures of one scenario, and whether all is well.</summary>
internal sealed record ChaosTable(Shift Shift, IReadOnlyList<Acknowledgement> Acknowledged, Failures Failures, Reckoning Reckoning, long DeliveriesLeft)
{
    private const int Shown = 10;

    /// <summary>Once the trouble is over, no host needs longer.</summary>
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(30);

    /// <summary>The scenario.</summary>
    public string Scenario => Shift.Name;

    /// <summary>Nothing that must be zero is not, and something was done at all.</summary>
    public bool IsWell => Count("resolution") > 0 && MustBeZero.All(line => line.Count == 0);

    /// <summary>In a line.</summary>
    public string Verdict => $"{Scenario}: {(IsWell ? "all is well" : $"NOT WELL: {string.Join(", ", MustBeZero.Where(l => l.Count > 0).Select(l => $"{l.Figure} {l.Count}").DefaultIfEmpty("nothing was done"))}")}";

    /// <summary>What must be zero, each with examples where it is not.</summary>
    private IReadOnlyList<(string Figure, long Count, IEnumerable<string> Examples)> MustBeZero =>
    [
        ("acknowledged and lost", Reckoning.Lost.Count, Reckoning.Lost),
        ("cases doubled", Reckoning.Doubled.Count, Reckoning.Doubled),
        ("follow-ups missing", Reckoning.FollowUpsMissing.Count, Reckoning.FollowUpsMissing),
        ("follow-ups too many", Reckoning.FollowUpsTooMany.Count, Reckoning.FollowUpsTooMany),
        ("events parked", Reckoning.Parked, []),
        ("deliveries left behind", DeliveriesLeft, []),
        ("server errors (5xx, or 503 without Retry-After)", Shift.Traffic.ServerErrors, Shift.Traffic.Failures),
        ("right commands refused", Failures.Refused.Count, Failures.Refused),
        ("commands never answered", Failures.Unanswered.Count, Failures.Unanswered),
        ($"recoveries longer than {RecoveryLimit.TotalSeconds} s", Shift.Recoveries.Count(r => r > RecoveryLimit), []),
        .. Shift.MustBeZero,
    ];

    private List<double> Seconds => [.. Shift.Recoveries.Select(r => r.TotalSeconds).Order()];

    public void Print(TextWriter output)
    {
        foreach (var (figure, value) in Shift.Figures) Line(figure, value);
        if (Seconds.Count > 0)
        {
            Line("recoveries without a restart", Seconds.Count);
            Line("  seconds, median", $"{Seconds[Seconds.Count / 2]:0.0}");
            Line("  seconds, longest", $"{Seconds[^1]:0.0}");
        }

        Line("tickets posted and acknowledged", Count("registration"));
        Line("resolutions acknowledged", Count("resolution"));
        Line("  with a name: follow-ups expected", Acknowledged.Count(a => a is { Command: "resolution", Named: true }));
        Line("requests", Shift.Traffic.Requests);
        Line("  sent again with the same key", Shift.Traffic.Retries);
        Line("  connection refused", Shift.Traffic.Unconnected);
        Line("  connection cut without an answer", Shift.Traffic.Cut);
        Line("  no answer within 15 s", Shift.Traffic.Slow);
        Line("  409 in progress", Shift.Traffic.Busy);
        Line("  429 over the limit", Shift.Traffic.Limited);
        Line("  503 unavailable", Shift.Traffic.Away);
        output.WriteLine("must be zero:");
        foreach (var (figure, count, examples) in MustBeZero)
        {
            Line($"  {figure}", count);
            foreach (var example in examples.Take(Shown)) output.WriteLine($"      {example}");
        }

        void Line(string figure, object value) => output.WriteLine($"{figure,-50} {value,12}");
    }

    private int Count(string command) => Acknowledged.Count(a => a.Command == command);
}
