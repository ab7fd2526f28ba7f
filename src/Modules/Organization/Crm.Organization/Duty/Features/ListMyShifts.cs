using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="From">Shifts that end after this instant; now when absent.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListMyShiftsQuery(Instant? From = null, int? Limit = null, string? Cursor = null);

internal sealed record ListMyShifts(string Staff, ListMyShiftsQuery Query) : IRequest<Page<MyShift>>;

/// <param name="Id">By which it is swapped and extended.</param>
/// <param name="Project">The project's code.</param>
/// <param name="Shift">The shift's code.</param>
/// <param name="Date">The day it begins on.</param>
/// <param name="StartsAt">When it begins.</param>
/// <param name="EndsAt">When it ends, as planned.</param>
/// <param name="Until">You are on duty until then.</param>
internal sealed record MyShift(Guid Id, string Project, string Shift, LocalDate Date, Instant StartsAt, Instant EndsAt, Instant Until);

/// <summary>ORG-04: a person's own shifts in published rosters of all projects, by their beginning.</summary>
internal sealed class ListMyShiftsHandler(OrganizationDb db, IClock clock) : IRequestHandler<ListMyShifts, Page<MyShift>>
{
    public async Task<Page<MyShift>> Handle(ListMyShifts request, CancellationToken cancellationToken)
    {
        var (staff, q) = request;
        var (limit, from) = (Paging.Limit(q.Limit), q.From ?? clock.GetCurrentInstant());
        var published = db.Set<Roster>().Where(r => r.Status == RosterStatus.Published);
        var mine = db.AssignmentsIn(ProjectScope.All).Where(a => a.Staff == staff && a.Until > from && published.Any(r => r.Id == a.Roster));
        if (Paging.ReadCursor<TimeKey>(q.Cursor) is { At: var at, Id: var id }) mine = mine.Where(a => a.StartsAt > at || (a.StartsAt == at && a.Id > id));
        var rows = await mine.OrderBy(a => a.StartsAt).ThenBy(a => a.Id).Take(limit + 1)
            .Select(a => new MyShift(a.Id, a.Project, a.Shift, a.Date, a.StartsAt, a.EndsAt, a.Until)).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, s => new TimeKey(s.StartsAt, s.Id));
    }
}

internal static class ListMyShiftsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/duty/mine", (Query<ListMyShiftsQuery> query, Call call) => call.Ask(new ListMyShifts(call.Caller.Self(), query.Value)))
        .Tells<Page<MyShift>>("listMyShifts", "List your own shifts", "In published rosters of all projects, by their beginning: from now on, or from an instant.", rules: DutyRule.Rule)
        .Requires(DutyPermissions.Serve);
}
