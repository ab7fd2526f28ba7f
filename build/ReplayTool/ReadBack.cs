using System.Collections.Concurrent;

namespace Crm.Build.Replay;

/// <summary>Everything the host says of the project's cases when all is over, read over the API alone.</summary>
/// <param name="Cases">Every case on the list, as often as it is listed.</param>
/// <param name="Clocks">The clocks of each case, by case id.</param>
/// <param name="FollowUps">The follow-ups of each case, by the case id they came from.</param>
/// <param name="Parked">Events that were given up: there must be none.</param>
internal sealed record ReadBack(
    IReadOnlyList<ListedCase> Cases,
    IReadOnlyDictionary<string, IReadOnlyList<CaseClock>> Clocks,
    ILookup<string, ListedFollowUp> FollowUps,
    int Parked)
{
    public static async Task<ReadBack> MadeAsync(CrmClient client, string project, CancellationToken ct)
    {
        var cases = await client.ListAsync<ListedCase>($"/api/v1/complaints?project={project}&limit=200", ct).ToListAsync(ct);
        var followUps = await client.ListAsync<ListedFollowUp>($"/api/v1/follow-ups?project={project}&limit=200", ct).ToListAsync(ct);
        var parked = await client.ListAsync<ParkedEvent>("/api/v1/events/parked", ct).CountAsync(ct);

        var clocks = new ConcurrentDictionary<string, IReadOnlyList<CaseClock>>();
        await Parallel.ForEachAsync(
            cases.Select((listed, turn) => (listed.Id, turn)),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = ct },
            async (one, stop) => clocks[one.Id] = await ClocksAsync(client, one.Id, one.turn, stop));

        return new ReadBack(cases, clocks, followUps.ToLookup(f => f.Origin), parked);
    }

    private static async Task<IReadOnlyList<CaseClock>> ClocksAsync(CrmClient client, string id, int turn, CancellationToken ct)
    {
        var answer = await client.GetAsync($"/api/v1/complaints/{id}/clocks", ct, turn % client.Nodes);
        return answer.IsSuccess ? answer.Read<Page<CaseClock>>().Items : throw new InvalidDataException($"clocks of {id}: {answer}");
    }
}
