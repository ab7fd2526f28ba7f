using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListHoldingsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListHoldings(string Code, ProjectScope Scope, ListHoldingsQuery Query) : IRequest<Page<Holding>>;

/// <summary>The sort key of holdings.</summary>
internal sealed record HoldingKey(string Kind, string Id);

/// <summary>ORG-03: all that one person holds, kind by kind, as each module tells it. This module knows of what is its own only.</summary>
internal sealed class ListHoldingsHandler(OrganizationDb db, IEnumerable<IHoldings> kinds) : IRequestHandler<ListHoldings, Page<Holding>>
{
    public async Task<Page<Holding>> Handle(ListHoldings request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var after = Paging.ReadCursor<HoldingKey>(request.Query.Cursor);
        if (!await db.StaffIn(request.Scope).AnyAsync(s => s.Code == request.Code, cancellationToken)) throw new NotFound("member of staff", "员工");
        var found = new List<Holding>();
        foreach (var kind in kinds.OrderBy(k => k.Kind, StringComparer.Ordinal).Where(k => after is null || string.CompareOrdinal(k.Kind, after.Kind) >= 0))
        {
            if (found.Count > limit) break;
            found.AddRange(await kind.ListAsync(request.Code, request.Scope, kind.Kind == after?.Kind ? after.Id : null, limit + 1 - found.Count, cancellationToken));
        }

        return Paging.Cut(found, limit, h => new HoldingKey(h.Kind, h.Id));
    }
}

internal static class ListHoldingsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/staff/{code}/holdings", (string code, Query<ListHoldingsQuery> query, Call call) => call.Ask(new ListHoldings(code, call.Scope, query.Value)))
        .Tells<Page<Holding>>("listHoldings", "List what somebody holds", "Open cases, planned follow-ups, areas, service desks, stations and webhooks of your projects that are theirs: what passes on when they leave.", rules: "ORG-03")
        .About("member of staff", "员工", (OrganizationDb db, string code, ProjectScope scope) => db.StaffIn(scope).Where(s => s.Code == code))
        .Requires(OrganizationPermissions.ReadStaff);
}
