using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Http;
using NodaTime;

namespace Crm.Host.Audit;

/// <param name="Limit">Page size in days, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListAnchorsQuery(int? Limit = null, string? Cursor = null);

/// <param name="Date">The day that had ended, in the system's zone.</param>
/// <param name="Anchors">One for each module.</param>
internal sealed record AnchorDay(LocalDate Date, IReadOnlyList<AnchorItem> Anchors);

internal static class ListAnchorsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/audit/anchors", async (Query<ListAnchorsQuery> query, Call call, IEnumerable<AuditLog> logs, CancellationToken ct) =>
            call.Show(await ReadAsync(query.Value, call.Scope, logs, ct)))
        .Tells<Page<AnchorDay>>(
            "listAuditAnchors", "List the anchors of the audit",
            "For each day that has ended, where each module's chain stood, signed; latest first. Kept outside the system they show later, with the public key alone, whether a chain was cut or written anew. They are about all projects: who may audit only some sees none.",
            rules: "ORG-10")
        .Requires(AuditEndpoints.Read);

    private static async Task<Page<AnchorDay>> ReadAsync(ListAnchorsQuery query, ProjectScope scope, IEnumerable<AuditLog> logs, CancellationToken ct)
    {
        var (limit, after) = (Paging.Limit(query.Limit), Paging.ReadCursor<DateKey>(query.Cursor));
        if (!scope.Everywhere) return new Page<AnchorDay>([], Next: null);
        var anchors = new List<AnchorItem>();
        foreach (var log in logs) anchors.AddRange(await log.ReadAnchorsAsync(after?.Date, limit + 1, ct));
        var days = anchors.GroupBy(a => a.Date).OrderByDescending(day => day.Key).Take(limit + 1).Select(day => new AnchorDay(day.Key, [.. day]));
        return Paging.Cut([.. days], limit, day => new DateKey(day.Date));
    }
}
