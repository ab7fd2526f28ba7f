using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: lays out a month: which shifts there are on which day, when each is, and how many it needs, by the shifts and the calendar of this moment.</summary>
internal sealed class RosterLayout(OrganizationDb db, OrganizationDirectory directory, IClock clock)
{
    /// <summary>Makes the slots of a draft what they are to be. Who had a shift whose hours have changed, or which is needed no more, has it no more.</summary>
    /// <returns>How many slots it changed.</returns>
    /// <exception cref="NotFound">One of the shifts that it needs is none of the project's.</exception>
    public async Task<int> LayAsync(Roster roster, CancellationToken ct)
    {
        var project = directory.Current.FindProject(roster.Project)!;
        var now = clock.GetCurrentInstant();
        var shifts = await db.Set<Shift>().Where(s => s.Project == roster.Project).OrderBy(s => s.Code).ToListAsync(ct);
        if (roster.Needs.Shifts.Select(s => s.Shift).Concat(roster.Needs.Days.Select(d => d.Shift)).Any(code => shifts.All(s => s.Code != code))) throw new NotFound("shift", "班次", field: "shifts");

        var laid = await db.Set<ShiftSlot>().Where(s => s.Roster == roster.Id).ToDictionaryAsync(s => (s.Shift, s.Date), ct);
        var working = directory.Current.Read(OrganizationPolicies.WorkingHours, project, now).Value;
        var changed = 0;
        var moved = new List<Guid>();
        foreach (var (shift, date) in shifts.SelectMany(_ => Days(roster.Month), (shift, date) => (shift, date)))
        {
            var terms = shift.On(date);
            var needed = terms is null ? 0 : roster.Needs.Needed(shift.Code, date, directory.Current.Calendar.Day(date).IsWorking);
            var slot = laid.GetValueOrDefault((shift.Code, date));
            if (needed == 0 && slot is null or { Needed: 0 }) continue;
            var hours = terms?.Hours.On(date, project.Zone) ?? slot!.Hours;
            // What the clock skips as a whole cannot be worked.
            if (hours.Start >= hours.End) needed = 0;
            var afterHours = DutyRule.IsAfterHours(hours, directory.Current.Calendar.TimeBetween(hours.Start, hours.End, project.Zone, working).Value);
            if (slot is null && needed == 0) continue;
            if (slot is null) db.Add(new ShiftSlot { Roster = roster.Id, Project = roster.Project, Shift = shift.Code, Date = date, StartsAt = hours.Start, EndsAt = hours.End, Needed = needed, AfterHours = afterHours });
            else if (slot.Hours == hours && slot.Needed == needed) continue;
            else
            {
                if (slot.Hours != hours || needed == 0) moved.Add(slot.Id);
                (slot.StartsAt, slot.EndsAt, slot.Needed, slot.AfterHours) = (hours.Start, hours.End, needed, afterHours);
            }

            changed++;
        }

        foreach (var given in await db.Set<ShiftAssignment>().Where(a => moved.Contains(a.Slot) && a.OffAt == null).ToListAsync(ct)) given.End(OffBecause.Redrafted, now);
        return changed;
    }

    private static IEnumerable<LocalDate> Days(LocalDate first) => Enumerable.Range(0, first.Calendar.GetDaysInMonth(first.Year, first.Month)).Select(first.PlusDays);
}
