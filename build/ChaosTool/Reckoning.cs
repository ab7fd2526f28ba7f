using System.Collections.Concurrent;
using Crm.Build.Replay;

namespace Crm.Build.Chaos;

/// <summary>
/// What the hosts say in the end against what the clients were told: each list names what is wrong, and all must be empty.
/// </summary>
internal sealed class Reckoning
{
    /// <summary>Acknowledged, and not there, not that far, or under another id or number.</summary>
    public ConcurrentQueue<string> Lost { get; } = [];

    /// <summary>Cases beyond the one of each ticket.</summary>
    public ConcurrentQueue<string> Doubled { get; } = [];

    /// <summary>Resolved tickets with a name that nobody will be called back about.</summary>
    public ConcurrentQueue<string> FollowUpsMissing { get; } = [];

    /// <summary>Follow-ups beyond the one of each resolution, and any of an anonymous or unresolved ticket.</summary>
    public ConcurrentQueue<string> FollowUpsTooMany { get; } = [];

    /// <summary>Events set aside for an operator.</summary>
    public int Parked { get; private set; }

    /// <summary>Reads everything back and holds it against the clients' logs.</summary>
    public static async Task<Reckoning> OfAsync(CrmClient client, IReadOnlyList<Acknowledgement> acknowledged, CancellationToken ct)
    {
        var reckoning = new Reckoning();
        var followUps = (await client.ListAsync<ListedFollowUp>("/api/v1/follow-ups?project=demo&limit=200", ct).ToListAsync(ct))
            .ToLookup(f => f.Origin);
        var tickets = acknowledged.GroupBy(a => a.Ticket).ToDictionary(g => g.Key, g => g.ToList());

        await Parallel.ForEachAsync(
            tickets, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = ct },
            async (ticket, stop) => await reckoning.CheckAsync(client, ticket.Key, ticket.Value, followUps, stop));

        await reckoning.CheckListAsync(client, tickets.Keys, followUps, ct);
        reckoning.Parked = await client.ListAsync<ParkedEvent>("/api/v1/events/parked", ct).CountAsync(ct);
        return reckoning;
    }

    private async Task CheckAsync(
        CrmClient client, string ticket, List<Acknowledgement> told, ILookup<string, ListedFollowUp> followUps, CancellationToken ct)
    {
        var path = $"/api/v1/complaints?project=demo&sourceSystem={Caller.SourceSystem}&sourceTicket={ticket}&limit=200";
        var found = await client.ListAsync<ListedCase>(path, ct).ToListAsync(ct);
        if (found.Count > 1) Doubled.Enqueue($"{ticket}: {string.Join(", ", found.Select(c => c.Number))}");

        var first = told[0];
        var status = told.Any(a => a.Command == "resolution") ? "resolved" : told.Any(a => a.Command == "acceptance") ? "accepted" : "registered";
        if (found.FirstOrDefault(c => c.Id == first.CaseId && c.Number == first.Number) is not { } same)
            Lost.Enqueue($"{ticket}: {first.Number} ({first.CaseId}) was acknowledged; found {found.Count}: {string.Join(", ", found)}");
        else if (same.Status != status)
            Lost.Enqueue($"{ticket}: acknowledged as {status}, found {same.Status}");

        var due = status == "resolved" && first.Named ? 1 : 0;
        var planned = followUps[first.CaseId].Count();
        if (planned < due) FollowUpsMissing.Enqueue($"{ticket}: {first.Number}");
        if (planned > due) FollowUpsTooMany.Enqueue($"{ticket}: {first.Number} has {planned}, expected {due}");
    }

    /// <summary>Every client finished its last ticket, so a case that no log knows is one that nobody asked for.</summary>
    private async Task CheckListAsync(
        CrmClient client, IReadOnlyCollection<string> tickets, ILookup<string, ListedFollowUp> followUps, CancellationToken ct)
    {
        var cases = await client.ListAsync<ListedCase>($"/api/v1/complaints?project=demo&sourceSystem={Caller.SourceSystem}&limit=200", ct)
            .ToListAsync(ct);
        if (cases.Count != tickets.Count) Doubled.Enqueue($"{tickets.Count} tickets were acknowledged, {cases.Count} cases are listed");
        foreach (var number in cases.GroupBy(c => c.Number).Where(g => g.Count() > 1))
            Doubled.Enqueue($"number {number.Key} is {number.Count()} cases");

        var known = cases.Select(c => c.Id).ToHashSet();
        foreach (var stranger in followUps.Where(f => !known.Contains(f.Key)))
            FollowUpsTooMany.Enqueue($"{stranger.Key} is no case of a ticket");
    }
}
