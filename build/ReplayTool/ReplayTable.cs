namespace Crm.Build.Replay;

/// <summary>The figures of a replay side by side: worked out from the record, and read back from the host.</summary>
internal static class ReplayTable
{
    private static readonly string[] Kinds = ["feedback", "escalation", "headReport", "solution"];
    private static readonly string[] States = ["met", "breached", "metLate", "cancelled", "running", "warned"];

    /// <summary>What the record alone says: the table before anything was posted.</summary>
    public static void PrintExpected(TextWriter output, IReadOnlyDictionary<RecordedTicket, ExpectedCase> expected)
    {
        var nothing = new ReadBack(
            [], new Dictionary<string, IReadOnlyList<CaseClock>>(), Array.Empty<ListedFollowUp>().ToLookup(f => f.Origin), Parked: 0);
        foreach (var (figure, wanted, _) in Rows(expected, new Dictionary<string, RegisteredCase>(), nothing))
            output.WriteLine($"{figure,-42} {wanted,8}");
    }

    public static void Print(
        TextWriter output, IReadOnlyDictionary<RecordedTicket, ExpectedCase> expected, CallCentre centre, ReadBack actual)
    {
        Line("", "expected", "actual");
        Line("tickets posted", $"{expected.Count}", $"{centre.Cases.Count}");
        Line("posted twice at once, answered alike", $"{centre.Twice.Posted}", $"{centre.Twice.Answered}");
        Line("posted again with a new key, answered 200", $"{centre.Again.Posted}", $"{centre.Again.Answered}");
        foreach (var (figure, wanted, found) in Rows(expected, centre.Cases, actual)) Line(figure, $"{wanted}", $"{found}");

        void Line(string figure, string wanted, string found) =>
            output.WriteLine($"{figure,-42} {wanted,8} {found,8}{(figure.Length > 0 && wanted != found ? "  <<<" : "")}");
    }

    private static IEnumerable<(string Figure, int Expected, int Actual)> Rows(
        IReadOnlyDictionary<RecordedTicket, ExpectedCase> expected, IReadOnlyDictionary<string, RegisteredCase> answered, ReadBack actual)
    {
        IReadOnlyList<ExpectedCase> wanted = [.. expected.Values];
        var clocks = wanted.SelectMany(w => w.Clocks).ToLookup(c => c.Kind);
        var realClocks = actual.Clocks.Values.SelectMany(c => c).ToLookup(c => c.Kind);

        yield return ("cases", wanted.Count, actual.Cases.Count);
        foreach (var status in (string[])["resolved", "withdrawn", "registered"])
        {
            var figure = status == "registered" ? "  open" : $"  {status}";
            yield return (figure, wanted.Count(w => w.Status == status), actual.Cases.Count(c => c.Status == status));
        }

        yield return ("  become major", wanted.Count(w => w.Severity == "major"), actual.Cases.Count(c => c.Severity == "major"));

        var exempt = expected.Where(e => e.Key is { Ending: Ending.Resolved, Customer: null }).Select(e => e.Key.Number).ToList();
        yield return ("  resolved and exempt (CMP-23)", exempt.Count,
            exempt.Count(number => answered.TryGetValue(number, out var known) && !actual.FollowUps[known.Id].Any()));
        yield return ("follow-ups", wanted.Count(w => w.FollowUpDueAt is not null), actual.FollowUps.Sum(f => f.Count()));
        yield return ("  due 24 hours after the resolution", wanted.Count(w => w.FollowUpDueAt is not null), expected.Count(e =>
            e.Value.FollowUpDueAt is { } due && answered.TryGetValue(e.Key.Number, out var known)
            && actual.FollowUps[known.Id].Any(f => f.DueAt == due)));

        foreach (var kind in Kinds.Union(realClocks.Select(c => c.Key)))
        {
            yield return ($"{kind} clocks", clocks[kind].Count(), realClocks[kind].Count());
            foreach (var state in States.Union(realClocks[kind].Select(c => c.State)))
                yield return ($"  {state}", clocks[kind].Count(c => c.State == state), realClocks[kind].Count(c => c.State == state));
            yield return ("  rung: warning", clocks[kind].Count(c => c.WarnedAt is not null), Rung(realClocks[kind], "warn"));
            yield return ("  rung: breach", clocks[kind].Count(c => c.BreachedAt is not null), Rung(realClocks[kind], "breach"));
        }
    }

    private static int Rung(IEnumerable<CaseClock> clocks, string rung) => clocks.Sum(c => c.Rungs.Count(r => r.Rung == rung));
}
