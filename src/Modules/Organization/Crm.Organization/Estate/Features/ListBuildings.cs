using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Estate.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListBuildingsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListBuildings(string Project, ProjectScope Scope, ListBuildingsQuery Query) : IRequest<Page<BuildingItem>>;

internal sealed record GetBuilding(string Project, string Code, ProjectScope Scope) : IRequest<BuildingItem>;

/// <param name="Project">The project it stands in.</param>
/// <param name="Code">Its code in the project.</param>
/// <param name="Name">The name people know it by.</param>
/// <param name="Version">For If-Match.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record BuildingItem(string Project, string Code, string Name, int Version) : IVersioned;

/// <summary>ORG-01: the buildings of a project, by code.</summary>
internal sealed class ListBuildingsHandler(OrganizationDb db) : IRequestHandler<ListBuildings, Page<BuildingItem>>, IRequestHandler<GetBuilding, BuildingItem>
{
    public async Task<Page<BuildingItem>> Handle(ListBuildings request, CancellationToken cancellationToken)
    {
        var (project, scope, query) = request;
        var limit = Paging.Limit(query.Limit);
        var cursor = Paging.ReadCursor<CodeKey>(query.Cursor);
        if (!await db.ProjectIn(scope, project).AnyAsync(cancellationToken)) throw new NotFound("project", "项目");
        var buildings = db.Set<Building>().Where(b => b.Project == project);
        if (cursor is { Code: var after }) buildings = buildings.Where(b => b.Code.CompareTo(after) > 0);
        var rows = await Items(buildings.OrderBy(b => b.Code).Take(limit + 1)).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, b => new CodeKey(b.Code));
    }

    public async Task<BuildingItem> Handle(GetBuilding request, CancellationToken cancellationToken) =>
        await Items(db.BuildingIn(request.Scope, request.Project, request.Code)).SingleOrDefaultAsync(cancellationToken) ?? throw new NotFound("building", "楼栋");

    private static IQueryable<BuildingItem> Items(IQueryable<Building> buildings) => buildings.Select(b => new BuildingItem(b.Project, b.Code, b.Name, b.Version));
}

internal static class ListBuildingsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/projects/{project}/buildings", (string project, Query<ListBuildingsQuery> query, Call call) => call.Ask(new ListBuildings(project, call.Scope, query.Value)))
            .Tells<Page<BuildingItem>>("listBuildings", "List buildings", "The buildings of a project, by code.", rules: "ORG-01")
            .About("project", "项目", (OrganizationDb db, string project, ProjectScope scope) => db.ProjectIn(scope, project))
            .Requires(OrganizationPermissions.Read);
        routes.MapGet("/projects/{project}/buildings/{building}", (string project, string building, Call call) => call.Ask(new GetBuilding(project, building, call.Scope)))
            .Tells<BuildingItem>("getBuilding", "Get a building", "One building, with the ETag an edit needs.", rules: "ORG-01")
            .About("building", "楼栋", (OrganizationDb db, string project, string building, ProjectScope scope) => db.BuildingIn(scope, project, building))
            .Requires(OrganizationPermissions.Read);
    }
}
