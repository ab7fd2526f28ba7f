using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListAreasQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListAreas(ProjectScope Scope, ListAreasQuery Query) : IRequest<Page<AreaItem>>;

internal sealed record GetArea(string Code, ProjectScope Scope) : IRequest<AreaItem>;

/// <param name="Code">The code by which every other call names it.</param>
/// <param name="Name">The name people know it by.</param>
/// <param name="Company">The company its projects belong to.</param>
/// <param name="Manager">The staff code of the area manager.</param>
/// <param name="Version">For If-Match.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record AreaItem(string Code, string Name, string Company, string Manager, int Version) : IVersioned;

/// <summary>ORG-01: the areas in whose projects the caller may read, by code.</summary>
internal sealed class ListAreasHandler(OrganizationDb db) : IRequestHandler<ListAreas, Page<AreaItem>>, IRequestHandler<GetArea, AreaItem>
{
    public async Task<Page<AreaItem>> Handle(ListAreas request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var areas = db.AreasIn(request.Scope);
        if (Paging.ReadCursor<CodeKey>(request.Query.Cursor) is { Code: var after }) areas = areas.Where(a => a.Code.CompareTo(after) > 0);
        var rows = await areas.OrderBy(a => a.Code).Take(limit + 1).Select(a => new AreaItem(a.Code, a.Name, a.Company, a.Manager, a.Version)).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, a => new CodeKey(a.Code));
    }

    public async Task<AreaItem> Handle(GetArea request, CancellationToken cancellationToken) =>
        await db.AreasIn(request.Scope).Where(a => a.Code == request.Code).Select(a => new AreaItem(a.Code, a.Name, a.Company, a.Manager, a.Version)).SingleOrDefaultAsync(cancellationToken)
        ?? throw new NotFound("area", "片区");
}

internal static class ListAreasEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/areas", (Query<ListAreasQuery> query, Call call) => call.Ask(new ListAreas(call.Scope, query.Value)))
            .Tells<Page<AreaItem>>("listAreas", "List areas", "The areas in whose projects you may read, by code.", rules: "ORG-01")
            .Requires(OrganizationPermissions.Read);
        routes.MapGet("/areas/{code}", (string code, Call call) => call.Ask(new GetArea(code, call.Scope)))
            .Tells<AreaItem>("getArea", "Get an area", "One area, with the ETag an edit needs.", rules: "ORG-01")
            .About("area", "片区", (OrganizationDb db, string code, ProjectScope scope) => db.AreasIn(scope).Where(a => a.Code == code))
            .Requires(OrganizationPermissions.Read);
    }
}
