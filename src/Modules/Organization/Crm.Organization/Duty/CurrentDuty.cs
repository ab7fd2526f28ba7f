using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: who is on duty at an instant: by published rosters, longer by extensions, and not while on leave.</summary>
internal sealed class CurrentDuty(OrganizationDb db, OpenHours hours)
{
    public async Task<IReadOnlyList<OnDuty>> AtAsync(string project, Instant at, CancellationToken ct)
    {
        var published = db.Set<Roster>().Where(r => r.Status == RosterStatus.Published);
        var given = await db.Set<ShiftAssignment>().AsNoTracking()
            .Where(a => a.Project == project && a.OffAt == null && a.Until > at && a.StartsAt <= at && published.Any(r => r.Id == a.Roster)).ToListAsync(ct);
        var leave = await hours.LeaveOfAsync(given, ct);
        return
        [
            .. given.SelectMany(a => a.Hours.Without(leave[a.Staff]).Where(time => time.Contains(at)), (a, time) => new OnDuty(a.Staff, a.Shift, a.Date, time.Start, time.End, a.Until > a.EndsAt))
                .OrderBy(d => d.Until).ThenBy(d => d.Staff, StringComparer.Ordinal),
        ];
    }
}
