using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Estate.Features;

/// <param name="Project">Only those of this project.</param>
/// <param name="Kind">Only those of this kind.</param>
/// <param name="Closed">True: only closed ones; false: only open ones.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListStationsQuery(string? Project = null, StationKind? Kind = null, bool? Closed = null, int? Limit = null, string? Cursor = null);

internal sealed record ListStations(ProjectScope Scope, ListStationsQuery Query) : IRequest<Page<StationItem>>;

internal sealed record GetStation(string Code, ProjectScope Scope) : IRequest<StationItem>;

/// <param name="Code">The code by which every other call names it.</param>
/// <param name="Project">The project it serves.</param>
/// <param name="Kind">What it is there for.</param>
/// <param name="Name">The name people know it by.</param>
/// <param name="Address">Where it is found.</param>
/// <param name="OpeningHours">When it is open, in the project's time zone.</param>
/// <param name="InCharge">The staff code of who answers for it.</param>
/// <param name="ClosedAt">Since when it is closed; null while it is open.</param>
/// <param name="ClosingReason">Why it was closed.</param>
/// <param name="Version">For If-Match.</param>
[NotPersonal("the name of a place, and where it is", "Name", "Address")]
internal sealed record StationItem(
    string Code, string Project, StationKind Kind, string Name, string Address, IReadOnlyList<OpeningHours> OpeningHours, string InCharge, Instant? ClosedAt,
    [property: Personal(Datum.Reason, Guard.InScope)] string? ClosingReason,
    int Version) : IVersioned;

/// <summary>ORG-01: the stations of the caller's projects, by code.</summary>
internal sealed class ListStationsHandler(OrganizationDb db, OrganizationDirectory directory) : IRequestHandler<ListStations, Page<StationItem>>, IRequestHandler<GetStation, StationItem>
{
    public async Task<Page<StationItem>> Handle(ListStations request, CancellationToken cancellationToken)
    {
        var q = request.Query;
        var limit = Paging.Limit(q.Limit);
        var stations = db.StationsIn(directory.Current.Narrow(request.Scope, q.Project));
        if (q.Kind is { } kind) stations = stations.Where(s => s.Kind == kind);
        if (q.Closed is { } closed) stations = stations.Where(s => closed == (s.ClosedAt != null));
        if (Paging.ReadCursor<CodeKey>(q.Cursor) is { Code: var after }) stations = stations.Where(s => s.Code.CompareTo(after) > 0);
        var rows = await Items(stations.OrderBy(s => s.Code).Take(limit + 1)).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, s => new CodeKey(s.Code));
    }

    public async Task<StationItem> Handle(GetStation request, CancellationToken cancellationToken) =>
        await Items(db.StationsIn(request.Scope).Where(s => s.Code == request.Code)).SingleOrDefaultAsync(cancellationToken) ?? throw new NotFound("station", "站点");

    private static IQueryable<StationItem> Items(IQueryable<Station> stations) =>
        stations.Select(s => new StationItem(s.Code, s.Project, s.Kind, s.Name, s.Address, s.Hours, s.InCharge, s.ClosedAt, s.ClosingReason, s.Version));
}

internal static class ListStationsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/stations", (Query<ListStationsQuery> query, Call call) => call.Ask(new ListStations(call.Scope, query.Value)))
            .Tells<Page<StationItem>>("listStations", "List stations", "The service stations and club collection points of the projects in which you may read, by code; closed ones included.", rules: "ORG-01")
            .Requires(OrganizationPermissions.Read);
        routes.MapGet("/stations/{code}", (string code, Call call) => call.Ask(new GetStation(code, call.Scope)))
            .Tells<StationItem>("getStation", "Get a station", "One station, with the ETag an edit needs.", rules: "ORG-01")
            .About("station", "站点", (OrganizationDb db, string code, ProjectScope scope) => db.StationsIn(scope).Where(s => s.Code == code))
            .Requires(OrganizationPermissions.Read);
    }
}
