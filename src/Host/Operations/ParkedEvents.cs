using Crm.Shared.Access;
using Crm.Shared.Events;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using NodaTime;

namespace Crm.Host.Operations;

/// <summary>Deliveries set aside after too many failures: listed, replayed, discarded by an operator.</summary>
internal static class ParkedEvents
{
    public static readonly Permission Operate = new("platform.operate", new Text("List, replay and discard parked events.", "查看、重放和丢弃搁置事件。"));

    /// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
    /// <param name="Cursor">The <c>next</c> of the page before.</param>
    internal sealed record ListParkedQuery(int? Limit = null, string? Cursor = null);

    public static void MapParkedEvents(this IEndpointRouteBuilder api)
    {
        var routes = api.MapGroup("/events").WithTags("Events");
        routes.MapGet("/parked", async (Query<ListParkedQuery> query, IEnumerable<Dispatcher> dispatchers, CancellationToken ct) =>
            {
                var limit = Paging.Limit(query.Value.Limit);
                var after = Paging.ReadCursor<TimeKey>(query.Value.Cursor);
                var rows = new List<ParkedDelivery>();
                foreach (var dispatcher in dispatchers) rows.AddRange(await dispatcher.ParkedAsync(after?.At, after?.Id, limit + 1, ct));
                rows = [.. rows.OrderBy(r => r.ParkedAt).ThenBy(r => r.Id).Take(limit + 1)];
                return Results.Json(Paging.Cut(rows, limit, r => new TimeKey(r.ParkedAt, r.Id)), CrmJson.Options);
            })
            .Tells<Page<ParkedDelivery>>("listParkedEvents", "List parked events", "Deliveries that failed too often, discarded ones included, oldest first. Each holds back the later events of its own case only, until it is replayed or discarded.")
            .Requires(Operate);
        routes.MapPost("/{id:guid}/replay", async (Guid id, IEnumerable<Dispatcher> dispatchers, CancellationToken ct) => await AtAsync(dispatchers, d => d.ReplayAsync(id, ct)))
            .Tells<object>("replayEvent", "Replay a parked event", "It is delivered again at once, with fresh attempts; what was held back behind it follows. A discarded event can be replayed too: if its matter has moved on, its consumer ignores it.", status: 204)
            .Requires(Operate);
        routes.MapPost("/{id:guid}/discard", async (Guid id, IEnumerable<Dispatcher> dispatchers, CancellationToken ct) => await AtAsync(dispatchers, d => d.DiscardAsync(id, ct)))
            .Tells<object>("discardEvent", "Discard a parked event", "It is given up and holds back nothing any more. It stays listed, and can still be replayed.", status: 204)
            .Requires(Operate);
    }

    private static async Task<IResult> AtAsync(IEnumerable<Dispatcher> dispatchers, Func<Dispatcher, Task<bool>> act)
    {
        foreach (var dispatcher in dispatchers)
        {
            if (await act(dispatcher)) return Results.NoContent();
        }

        throw new NotFound("parked event", "搁置事件");
    }
}
