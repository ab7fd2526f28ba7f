using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

internal sealed record ListGaps(string Project, string Month, ProjectScope Scope) : IRequest<RosterGaps>;

/// <param name="Shift">The shift's code.</param>
/// <param name="Date">The day the shift begins on.</param>
/// <param name="From">The first instant at which too few are there.</param>
/// <param name="Until">From this instant on there are enough, or the shift is over.</param>
/// <param name="Needed">How many are needed.</param>
/// <param name="Present">How many are there.</param>
/// <param name="Missing">How many are missing.</param>
internal sealed record GapView(string Shift, LocalDate Date, Instant From, Instant Until, int Needed, int Present, int Missing);

/// <param name="Project">The project's code.</param>
/// <param name="Month">The month.</param>
/// <param name="Status">How far the roster is.</param>
/// <param name="MissingTime">Person-time that is missing altogether.</param>
/// <param name="Gaps">Where, in order of time.</param>
internal sealed record RosterGaps(string Project, string Month, RosterStatus Status, Duration MissingTime, IReadOnlyList<GapView> Gaps);

/// <summary>ORG-04: in which hours of a month fewer people are there than are needed, leave taken out.</summary>
internal sealed class ListGapsHandler(OrganizationDb db, OpenHours hours) : IRequestHandler<ListGaps, RosterGaps>
{
    public async Task<RosterGaps> Handle(ListGaps request, CancellationToken cancellationToken)
    {
        var roster = await db.RostersIn(request.Scope, request.Project, request.Month).AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? throw new NotFound("roster", "排班表");
        var slots = await db.Set<ShiftSlot>().AsNoTracking().Where(s => s.Roster == roster.Id).OrderBy(s => s.StartsAt).ThenBy(s => s.Shift).ToListAsync(cancellationToken);
        var gaps = await hours.GapsAsync(slots, cancellationToken);
        return new(
            roster.Project, RosterMonth.Write(roster.Month), roster.Status, gaps.Values.SelectMany(g => g).MissingTime(),
            [.. slots.SelectMany(s => gaps[s.Id], (s, g) => new GapView(s.Shift, s.Date, g.From, g.Until, g.Needed, g.Present, g.Missing)).OrderBy(g => g.From).ThenBy(g => g.Shift, StringComparer.Ordinal)]);
    }
}

internal static class ListGapsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/rosters/{project}/{month}/gaps", (string project, string month, Call call) => call.Ask(new ListGaps(project, month, call.Scope)))
        .Tells<RosterGaps>("listGaps", "Which hours are not covered", "To the instant: from when to when fewer people are there than are needed. Who is on leave is not there.", rules: DutyRule.Rule)
        .AboutRoster()
        .Requires(DutyPermissions.Read);
}
