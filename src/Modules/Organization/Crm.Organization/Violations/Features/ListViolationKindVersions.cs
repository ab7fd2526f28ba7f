using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Violations.Features;

/// <param name="Code">The kind's code.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListViolationKindVersionsQuery(string Code, int? Limit = null, string? Cursor = null);

internal sealed record ListViolationKindVersions(ListViolationKindVersionsQuery Query) : IRequest<Page<ViolationKindVersionItem>>;

/// <param name="Terms">What it said.</param>
/// <param name="ChangedBy">Who said so.</param>
/// <param name="Reason">Why.</param>
/// <param name="ChangedAt">Since when it counts, until the next version does.</param>
internal sealed record ViolationKindVersionItem(ViolationKindItem Terms, string ChangedBy, [property: Personal(Datum.Reason, Guard.InScope)] string Reason, Instant ChangedAt);

/// <summary>ORG-13: every version of a kind of violation, newest first.</summary>
internal sealed class ListViolationKindVersionsHandler(OrganizationDb db) : IRequestHandler<ListViolationKindVersions, Page<ViolationKindVersionItem>>
{
    public async Task<Page<ViolationKindVersionItem>> Handle(ListViolationKindVersions request, CancellationToken cancellationToken)
    {
        var q = request.Query;
        var limit = Paging.Limit(q.Limit);
        var before = Paging.ReadCursor<NumberKey>(q.Cursor)?.Number ?? int.MaxValue;
        var rows = await db.ViolationKindVersions.AsNoTracking().Where(v => v.Kind == q.Code && v.Version < before).OrderByDescending(v => v.Version).Take(limit + 1).ToListAsync(cancellationToken);
        return Paging.Cut([.. rows.Select(v => new ViolationKindVersionItem(ViolationKindItem.Of(v), v.By, v.Reason, v.At))], limit, v => new NumberKey(v.Terms.Version));
    }
}

internal static class ListViolationKindVersionsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/violation-kinds/versions", (Query<ListViolationKindVersionsQuery> query, Call call) => call.Ask(new ListViolationKindVersions(query.Value)))
        .Tells<Page<ViolationKindVersionItem>>("listViolationKindVersions", "List the versions of a kind of violation", "What it said when, newest first, with who changed it and why.", rules: "ORG-13")
        .Requires(OrganizationPermissions.Read);
}
