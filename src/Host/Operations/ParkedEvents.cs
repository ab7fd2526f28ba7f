using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Commands;
using Crm.Shared.Events;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Host.Operations;

/// <summary>Deliveries set aside after too many failures: listed, replayed, discarded by an operator of the whole group.</summary>
internal static class ParkedEvents
{
    public static readonly Permission Operate = new("platform.operate", new Text("List, replay and discard parked events.", "查看、重放和丢弃搁置事件。"));

    /// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
    /// <param name="Cursor">The <c>next</c> of the page before.</param>
    internal sealed record ListParkedQuery(int? Limit = null, string? Cursor = null);

    public static void MapParkedEvents(this IEndpointRouteBuilder api)
    {
        var routes = api.MapGroup("/events").WithTags("Events");
        routes.MapGet("/parked", async (Query<ListParkedQuery> query, Call call, IEnumerable<Dispatcher> dispatchers, CancellationToken ct) =>
                call.Show(await ListAsync(query.Value, dispatchers, ct)))
            .Tells<Page<ParkedDelivery>>("listParkedEvents", "List parked events", "Deliveries that failed too often, discarded ones included, oldest first. Each holds back the later events of its own case only, until it is replayed or discarded.")
            .RequiresEverywhere(Operate);
        routes.MapPost("/{id:guid}/replay", (Guid id, Call call, IEnumerable<Dispatcher> dispatchers, IClock clock, KeyRing keys, CancellationToken ct) =>
                OperateAsync("ReplayEvent", id, call, dispatchers, clock, keys, (dispatcher, deed) => dispatcher.ReplayAsync(id, deed, ct)))
            .Tells<object>("replayEvent", "Replay a parked event", "It is delivered again at once, with fresh attempts; what was held back behind it follows. A discarded event can be replayed too: if its matter has moved on, its consumer ignores it.", status: 204)
            .RequiresEverywhere(Operate);
        routes.MapPost("/{id:guid}/discard", (Guid id, Call call, IEnumerable<Dispatcher> dispatchers, IClock clock, KeyRing keys, CancellationToken ct) =>
                OperateAsync("DiscardEvent", id, call, dispatchers, clock, keys, (dispatcher, deed) => dispatcher.DiscardAsync(id, deed, ct)))
            .Tells<object>("discardEvent", "Discard a parked event", "It is given up and holds back nothing any more. It stays listed, and can still be replayed.", status: 204)
            .RequiresEverywhere(Operate);
    }

    private static async Task<Page<ParkedDelivery>> ListAsync(ListParkedQuery query, IEnumerable<Dispatcher> dispatchers, CancellationToken ct)
    {
        var limit = Paging.Limit(query.Limit);
        var after = Paging.ReadCursor<TimeKey>(query.Cursor);
        var rows = new List<ParkedDelivery>();
        foreach (var dispatcher in dispatchers) rows.AddRange(await dispatcher.ParkedAsync(after?.At, after?.Id, limit + 1, ct));
        return Paging.Cut([.. rows.OrderBy(r => r.ParkedAt).ThenBy(r => r.Id).Take(limit + 1)], limit, r => new TimeKey(r.ParkedAt, r.Id));
    }

    private static async Task<IResult> OperateAsync(
        string action, Guid id, Call call, IEnumerable<Dispatcher> dispatchers, IClock clock, KeyRing keys, Func<Dispatcher, AuditEntry, Task<bool>> act)
    {
        var deed = new AuditEntry(action, new Deed("delivery", id.ToString(), Project: null, clock.GetCurrentInstant()), call.Describe());
        foreach (var dispatcher in dispatchers)
        {
            if (await act(dispatcher, deed.Mark(dispatcher.Schema, keys))) return Results.NoContent();
        }

        throw new NotFound("parked event", "搁置事件");
    }
}
