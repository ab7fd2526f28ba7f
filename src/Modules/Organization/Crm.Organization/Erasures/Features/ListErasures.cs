using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Erasures.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListErasuresQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListErasures(ListErasuresQuery Query) : IRequest<Page<ErasureListItem>>;

/// <param name="Id">The erasure.</param>
/// <param name="State">Where it stands.</param>
/// <param name="RequestedAt">When it was ordered.</param>
/// <param name="RequestedBy">Who ordered it.</param>
/// <param name="CompletedAt">When the last record was erased; null before that.</param>
/// <param name="Records">How many records were found.</param>
/// <param name="Erased">How many of them are erased.</param>
/// <param name="Version">Grows as it goes on.</param>
internal sealed record ErasureListItem(Guid Id, ErasureState State, Instant RequestedAt, string RequestedBy, Instant? CompletedAt, int Records, int Erased, int Version);

/// <summary>ORG-12: who was to be forgotten when, newest first; nothing tells who it was.</summary>
internal sealed class ListErasuresHandler(OrganizationDb db) : IRequestHandler<ListErasures, Page<ErasureListItem>>
{
    public async Task<Page<ErasureListItem>> Handle(ListErasures request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var erasures = db.Erasures.AsNoTracking();
        if (Paging.ReadCursor<TimeKey>(request.Query.Cursor) is { At: var at, Id: var id })
            erasures = erasures.Where(e => EF.Functions.LessThan(ValueTuple.Create(e.RequestedAt, e.Id), ValueTuple.Create(at, id)));
        var rows = await erasures.OrderByDescending(e => e.RequestedAt).ThenByDescending(e => e.Id).Take(limit + 1)
            .Select(e => new
            {
                Erasure = e, Records = e.Items.Count, Left = e.Items.Count(i => i.ErasedAt == null), IsAtWork = e.Items.Any(i => i.ErasedAt == null && i.KeptWhy == null),
            }).ToListAsync(cancellationToken);
        return Paging.Cut(
            [.. rows.Select(r => new ErasureListItem(
                r.Erasure.Id, Erasure.StateOf(r.Erasure.CompletedAt, r.IsAtWork), r.Erasure.RequestedAt, r.Erasure.RequestedBy, r.Erasure.CompletedAt, r.Records, r.Records - r.Left, r.Erasure.Version))],
            limit, e => new TimeKey(e.RequestedAt, e.Id));
    }
}

internal static class ListErasuresEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/personal-data/erasures", (Query<ListErasuresQuery> query, Call call) => call.Ask(new ListErasures(query.Value)))
        .Tells<Page<ErasureListItem>>("listErasures", "List erasures", "Everybody who asked to be forgotten, newest first, and how far it is. Nothing tells who it was.", rules: "ORG-12")
        .RequiresEverywhere(OrganizationPermissions.ErasePersonalData);
}
