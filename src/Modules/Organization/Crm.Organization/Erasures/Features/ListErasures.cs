using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Erasures.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListErasuresQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListErasures(ListErasuresQuery Query) : IRequest<Page<ErasureView>>;

/// <summary>ORG-12: who was to be forgotten when, newest first; nothing tells who it was.</summary>
internal sealed class ListErasuresHandler(OrganizationDb db) : IRequestHandler<ListErasures, Page<ErasureView>>
{
    public async Task<Page<ErasureView>> Handle(ListErasures request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        IQueryable<Erasure> erasures = db.Erasures;
        if (Paging.ReadCursor<TimeKey>(request.Query.Cursor) is { At: var at, Id: var id })
            erasures = erasures.Where(e => EF.Functions.LessThan(ValueTuple.Create(e.RequestedAt, e.Id), ValueTuple.Create(at, id)));
        var newest = erasures.OrderByDescending(e => e.RequestedAt).ThenByDescending(e => e.Id).Take(limit + 1);
        return Paging.Cut(await ErasureView.ReadAsync(newest, cancellationToken), limit, e => new TimeKey(e.RequestedAt, e.Id));
    }
}

internal static class ListErasuresEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/personal-data/erasures", (Query<ListErasuresQuery> query, Call call) => call.Ask(new ListErasures(query.Value)))
        .Tells<Page<ErasureView>>("listErasures", "List erasures", "Everybody who asked to be forgotten, newest first, and how far it is. Nothing tells who it was.", rules: "ORG-12")
        .RequiresEverywhere(OrganizationPermissions.ErasePersonalData);
}
