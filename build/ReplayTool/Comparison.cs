namespace Crm.Build.Replay;

/// <summary>Holds what was read back against what was expected, ticket by ticket; each difference becomes a finding.</summary>
internal sealed class Comparison(
    IReadOnlyDictionary<RecordedTicket, ExpectedCase> expected, IReadOnlyDictionary<string, RegisteredCase> answered, Findings findings)
{
    public void Make(ReadBack actual)
    {
        CompareLists(actual);
        var listed = actual.Cases.ToLookup(c => c.Id);

        foreach (var (ticket, wanted) in expected)
        {
            if (!answered.TryGetValue(ticket.Number, out var registered)) continue; // its refusal is a finding already
            if (listed[registered.Id].FirstOrDefault() is not { } found)
            {
                findings.Add(ticket.Number, $"case {registered.Number} was acknowledged and is not on the list");
                continue;
            }

            CompareCase(ticket, wanted, registered, found);
            CompareClocks(ticket, wanted, actual.Clocks[registered.Id]);
            CompareFollowUps(ticket, wanted, [.. actual.FollowUps[registered.Id]]);
        }
    }

    /// <summary>One case for each ticket, one number for each case, nothing that nobody asked for.</summary>
    private void CompareLists(ReadBack actual)
    {
        findings.Compare("all", "parked events", 0, actual.Parked);
        foreach (var twice in answered.GroupBy(a => a.Value.Id).Where(g => g.Count() > 1))
            findings.Add(string.Join(" and ", twice.Select(a => a.Key)), $"share the case {twice.Key}");
        foreach (var twice in actual.Cases.GroupBy(c => c.Id).Where(g => g.Count() > 1))
            findings.Add(twice.First().Number, $"is {twice.Count()} times on the list");
        foreach (var twice in actual.Cases.DistinctBy(c => c.Id).GroupBy(c => c.Number).Where(g => g.Count() > 1))
            findings.Add(twice.Key, $"is the number of {twice.Count()} cases");

        var known = answered.Values.Select(a => a.Id).ToHashSet();
        foreach (var stranger in actual.Cases.Where(c => !known.Contains(c.Id)))
            findings.Add(stranger.Number, "is on the list and belongs to no ticket");
        foreach (var stranger in actual.FollowUps.Where(f => !known.Contains(f.Key)))
            findings.Add(stranger.Key, "has a follow-up and belongs to no ticket");
    }

    private void CompareCase(RecordedTicket ticket, ExpectedCase wanted, RegisteredCase registered, ListedCase found)
    {
        findings.Compare(ticket.Number, "number", registered.Number, found.Number);
        findings.Compare(ticket.Number, "status", wanted.Status, found.Status);
        findings.Compare(ticket.Number, "severity", wanted.Severity, found.Severity);
        findings.Compare(ticket.Number, "receivedAt", ticket.ReceivedAt, found.ReceivedAt);
        if (found.Source is { } source)
            findings.Compare(ticket.Number, "source", new CaseSource(TicketFile.SourceSystem, ticket.Number), source);
    }

    private void CompareClocks(RecordedTicket ticket, ExpectedCase wanted, IReadOnlyList<CaseClock> found)
    {
        var (kinds, realKinds) = (Kinds(wanted.Clocks.Select(c => (1, c.Kind))), Kinds(found.Select(c => (c.Cycle, c.Kind))));
        findings.Compare(ticket.Number, "clocks", kinds, realKinds);

        foreach (var clock in wanted.Clocks)
        {
            if (found.FirstOrDefault(c => c.Kind == clock.Kind) is not { } real) continue; // the list of kinds said so
            void Same<T>(string what, T one, T other) => findings.Compare(ticket.Number, $"{clock.Kind} {what}", one, other);

            Same("state", clock.State, real.State);
            Same("startedAt", clock.StartedAt, real.StartedAt);
            Same("warnAt", clock.WarnAt, real.WarnAt);
            Same("dueAt", clock.DueAt, real.DueAt);
            Same("warnedAt", clock.WarnedAt, real.WarnedAt);
            Same("breachedAt", clock.BreachedAt, real.BreachedAt);
            Same("endedAt", clock.EndedAt, real.EndedAt);
            Same("rungs", Rungs(clock), Rungs(real));
        }
    }

    private void CompareFollowUps(RecordedTicket ticket, ExpectedCase wanted, IReadOnlyList<ListedFollowUp> found)
    {
        findings.Compare(ticket.Number, "follow-ups", wanted.FollowUpDueAt is null ? 0 : 1, found.Count);
        foreach (var followUp in found.Take(wanted.FollowUpDueAt is null ? 0 : 1))
        {
            findings.Compare(ticket.Number, "follow-up dueAt", wanted.FollowUpDueAt, followUp.DueAt);
            findings.Compare(ticket.Number, "follow-up state", "planned", followUp.State);
        }
    }

    private static string Kinds(IEnumerable<(int Cycle, string Kind)> clocks) =>
        string.Join(", ", clocks.Select(c => $"{c.Cycle} {c.Kind}").Order());

    /// <summary>Each rung once, at its own instant, written in time.</summary>
    private static string Rungs(ExpectedClock clock) => Rungs(
        new[] { ("warn", clock.WarnedAt), ("breach", clock.BreachedAt) }
            .Where(r => r.Item2 is not null).Select(r => new ClockRung(r.Item1, r.Item2!.Value, Late: false)));

    private static string Rungs(CaseClock clock) => Rungs(clock.Rungs);

    private static string Rungs(IEnumerable<ClockRung> rungs) =>
        string.Join(", ", rungs.OrderBy(r => r.At).Select(r => $"{r.Rung} {Wire.Text(r.At)}{(r.Late ? " late" : "")}"));
}
