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

/// <param name="Building">Only those of this building, by its code.</param>
/// <param name="Kind">Only those of this kind.</param>
/// <param name="Floor">Only those on this floor: from -9 to 200, and never 0.</param>
/// <param name="Tenure">Only those that are somebody's in this way.</param>
/// <param name="Occupancy">Only those that are used in this way.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
[NotPersonal("a place, whoever lives there", "Building")]
internal sealed record ListUnitsQuery(
    string? Building = null, UnitKind? Kind = null, int? Floor = null, UnitTenure? Tenure = null, UnitOccupancy? Occupancy = null, int? Limit = null, string? Cursor = null);

internal sealed record ListUnits(string Project, ProjectScope Scope, ListUnitsQuery Query) : IRequest<Page<UnitItem>>;

internal sealed record GetUnit(Guid Id, ProjectScope Scope) : IRequest<UnitItem>;

/// <param name="Id">What other calls name it by.</param>
/// <param name="Project">Its project.</param>
/// <param name="Building">The code of its building.</param>
/// <param name="Number">The number on its door.</param>
/// <param name="Floor">Its floor; null where there is none.</param>
/// <param name="Kind">What it was built as.</param>
/// <param name="Area">In square metres, with two decimals; null when it is not known.</param>
/// <param name="Tenure">Whose it is.</param>
/// <param name="Occupancy">Who is in it.</param>
/// <param name="Version">For If-Match.</param>
[NotPersonal("a place, whoever lives there", "Building")]
internal sealed record UnitItem(
    Guid Id, string Project, string Building, string Number, int? Floor, UnitKind Kind, decimal? Area, UnitTenure Tenure, UnitOccupancy Occupancy, int Version) : IVersioned;

/// <summary>ORG-01: the units of a project, by building and number.</summary>
internal sealed class ListUnitsHandler(OrganizationDb db) : IRequestHandler<ListUnits, Page<UnitItem>>, IRequestHandler<GetUnit, UnitItem>
{
    public async Task<Page<UnitItem>> Handle(ListUnits request, CancellationToken cancellationToken)
    {
        var (project, scope, q) = request;
        var limit = Paging.Limit(q.Limit);
        var cursor = Paging.ReadCursor<UnitKey>(q.Cursor);
        if (q.Floor is { } asked && !Written.IsFloor(asked)) throw Malformed.Field("floor", Written.FloorForm);
        if (!await db.ProjectIn(scope, project).AnyAsync(cancellationToken)) throw new NotFound("project", "项目");
        var units = db.Set<Unit>().Where(u => u.Project == project);
        if (q.Building is { } building) units = units.Where(u => u.Building == building);
        if (q.Kind is { } kind) units = units.Where(u => u.Kind == kind);
        if (q.Floor is { } floor) units = units.Where(u => u.Floor == floor);
        if (q.Tenure is { } tenure) units = units.Where(u => u.Tenure == tenure);
        if (q.Occupancy is { } occupancy) units = units.Where(u => u.Occupancy == occupancy);
        if (cursor is { Building: var lastBuilding, Number: var lastNumber })
            units = units.Where(u => EF.Functions.GreaterThan(ValueTuple.Create(u.Building, u.Number), ValueTuple.Create(lastBuilding, lastNumber)));
        var rows = await Items(units.OrderBy(u => u.Building).ThenBy(u => u.Number).Take(limit + 1)).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, u => new UnitKey(u.Building, u.Number));
    }

    public async Task<UnitItem> Handle(GetUnit request, CancellationToken cancellationToken) =>
        await Items(db.UnitsIn(request.Scope).Where(u => u.Id == request.Id)).SingleOrDefaultAsync(cancellationToken) ?? throw new NotFound("unit", "房号");

    private static IQueryable<UnitItem> Items(IQueryable<Unit> units) =>
        units.Select(u => new UnitItem(u.Id, u.Project, u.Building, u.Number, u.Floor, u.Kind, u.Area, u.Tenure, u.Occupancy, u.Version));

    /// <summary>A place in the list.</summary>
    [NotPersonal("a place, whoever lives there", "Building")]
    internal sealed record UnitKey(string Building, string Number);
}

internal static class ListUnitsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/projects/{project}/units", (string project, Query<ListUnitsQuery> query, Call call) => call.Ask(new ListUnits(project, call.Scope, query.Value)))
            .Tells<Page<UnitItem>>("listUnits", "List units", "The units of a project, by building and number.", rules: "ORG-01")
            .About("project", "项目", (OrganizationDb db, string project, ProjectScope scope) => db.ProjectIn(scope, project))
            .Requires(OrganizationPermissions.Read);
        routes.MapGet("/units/{id:guid}", (Guid id, Call call) => call.Ask(new GetUnit(id, call.Scope)))
            .Tells<UnitItem>("getUnit", "Get a unit", "One unit, with the ETag an edit needs.", rules: "ORG-01")
            .About("unit", "房号", (OrganizationDb db, Guid id, ProjectScope scope) => db.UnitsIn(scope).Where(u => u.Id == id))
            .Requires(OrganizationPermissions.Read);
    }
}
