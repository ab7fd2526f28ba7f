using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Project">Only this project's.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListRostersQuery(string? Project = null, int? Limit = null, string? Cursor = null);

internal sealed record ListRosters(ProjectScope Scope, ListRostersQuery Query) : IRequest<Page<RosterItem>>;

/// <param name="Project">The project's code.</param>
/// <param name="Month">The month.</param>
/// <param name="Status">How far it is.</param>
/// <param name="PublishedAt">When it was published; null for a draft.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record RosterItem(string Project, string Month, RosterStatus Status, Instant? PublishedAt, int Version);

/// <summary>A place in the list of rosters.</summary>
internal sealed record RosterKey(string Project, LocalDate Month);

/// <summary>ORG-04: the rosters of the caller's projects, by project and month.</summary>
internal sealed class ListRostersHandler(OrganizationDb db, OrganizationDirectory directory) : IRequestHandler<ListRosters, Page<RosterItem>>
{
    public async Task<Page<RosterItem>> Handle(ListRosters request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var rosters = db.RostersIn(directory.Current.Narrow(request.Scope, request.Query.Project)).AsNoTracking();
        if (Paging.ReadCursor<RosterKey>(request.Query.Cursor) is { Project: var project, Month: var month })
            rosters = rosters.Where(r => r.Project.CompareTo(project) > 0 || (r.Project == project && r.Month > month));
        var rows = await rosters.OrderBy(r => r.Project).ThenBy(r => r.Month).Take(limit + 1).ToListAsync(cancellationToken);
        var page = Paging.Cut(rows, limit, r => new RosterKey(r.Project, r.Month));
        return new([.. page.Items.Select(r => new RosterItem(r.Project, RosterMonth.Write(r.Month), r.Status, r.PublishedAt, r.Version))], page.Next);
    }
}

internal static class ListRostersEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/rosters", (Query<ListRostersQuery> query, Call call) => call.Ask(new ListRosters(call.Scope, query.Value)))
        .Tells<Page<RosterItem>>("listRosters", "List rosters", "The rosters of the projects in which you may see them, by project and month.", rules: DutyRule.Rule)
        .Requires(DutyPermissions.Read);
}
