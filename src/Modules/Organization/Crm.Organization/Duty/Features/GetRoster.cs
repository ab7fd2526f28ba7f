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

internal sealed record GetRoster(string Project, string Month, ProjectScope Scope) : IRequest<RosterView>;

/// <param name="Id">By which it is taken away, swapped and extended.</param>
/// <param name="Staff">The staff code.</param>
/// <param name="Until">They are on duty until then: later than the shift's end when they extended it.</param>
/// <param name="OnLeave">They are on leave for some or all of it.</param>
internal sealed record SlotPerson(Guid Id, string Staff, Instant Until, bool OnLeave);

/// <param name="Shift">The shift's code.</param>
/// <param name="Date">The day it begins on.</param>
/// <param name="StartsAt">When it begins.</param>
/// <param name="EndsAt">When it ends.</param>
/// <param name="Needed">How many it needs.</param>
/// <param name="AfterHours">It counts as duty after hours.</param>
/// <param name="People">Who has it.</param>
internal sealed record SlotView(string Shift, LocalDate Date, Instant StartsAt, Instant EndsAt, int Needed, bool AfterHours, IReadOnlyList<SlotPerson> People);

/// <param name="Project">The project's code.</param>
/// <param name="Month">The month.</param>
/// <param name="Status">How far it is.</param>
/// <param name="PublishedAt">When it was published; null for a draft.</param>
/// <param name="Shifts">How many each shift needs.</param>
/// <param name="Days">And on days that differ.</param>
/// <param name="Slots">Its shifts, day by day.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record RosterView(
    string Project, string Month, RosterStatus Status, Instant? PublishedAt, IReadOnlyList<ShiftNeed> Shifts, IReadOnlyList<DayNeed> Days, IReadOnlyList<SlotView> Slots, int Version) : IVersioned;

/// <summary>ORG-04: one month's roster as a whole.</summary>
internal sealed class GetRosterHandler(OrganizationDb db, OpenHours hours) : IRequestHandler<GetRoster, RosterView>
{
    public async Task<RosterView> Handle(GetRoster request, CancellationToken cancellationToken)
    {
        var roster = await db.RostersIn(request.Scope, request.Project, request.Month).AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? throw new NotFound("roster", "排班表");
        var slots = await db.Set<ShiftSlot>().AsNoTracking().Where(s => s.Roster == roster.Id).OrderBy(s => s.StartsAt).ThenBy(s => s.Shift).ToListAsync(cancellationToken);
        var given = await db.Set<ShiftAssignment>().AsNoTracking().Where(a => a.Roster == roster.Id && a.OffAt == null).ToListAsync(cancellationToken);
        var (leave, people) = (await hours.LeaveOfAsync(given, cancellationToken), given.OrderBy(a => a.Staff, StringComparer.Ordinal).ToLookup(a => a.Slot));
        return new(
            roster.Project, RosterMonth.Write(roster.Month), roster.Status, roster.PublishedAt, roster.Needs.Shifts, roster.Needs.Days,
            [
                .. slots.Where(s => s.Needed > 0 || people.Contains(s.Id)).Select(s => new SlotView(s.Shift, s.Date, s.StartsAt, s.EndsAt, s.Needed, s.AfterHours,
                    [.. people[s.Id].Select(a => new SlotPerson(a.Id, a.Staff, a.Until, leave[a.Staff].Any(l => l.Overlaps(a.Hours))))])),
            ], roster.Version);
    }
}

internal static class GetRosterEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/rosters/{project}/{month}", (string project, string month, Call call) => call.Ask(new GetRoster(project, month, call.Scope)))
        .Tells<RosterView>("getRoster", "Get a month's roster", "The whole month: each shift of each day as instants, how many it needs, and who has it.", rules: DutyRule.Rule)
        .AboutRoster()
        .Requires(DutyPermissions.Read);
}
