using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Duty.Features;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: gathers what a pattern needs to know of people: the shifts they have anywhere, their leave, and where their turns stand.</summary>
internal sealed class PatternMaking(OrganizationDb db, OrganizationDirectory directory, OpenHours hours, Placing placing)
{
    /// <summary>Shifts this far from the month matter to it: longer than any rest.</summary>
    private static readonly Duration Around = Duration.FromDays(5);

    /// <summary>So far back turns are looked up.</summary>
    private static readonly Duration Back = Duration.FromDays(62);

    /// <summary>Fills the slots. People are locked.</summary>
    /// <exception cref="BrokenRule">Somebody does not work here.</exception>
    public async Task<PatternResult> FillAsync(Roster roster, IReadOnlyCollection<ShiftSlot> slots, IReadOnlyList<TurnsBody> groups, int? daysOff, Instant now, CancellationToken ct)
    {
        var project = directory.Current.FindProject(roster.Project)!;
        string[] people = [.. groups.SelectMany(g => g.People)];
        var here = await db.Staff.Where(s => people.Contains(s.Code) && s.Active).Select(s => s.Code).ToListAsync(ct);
        if (people.FirstOrDefault(p => !here.Contains(p) || directory.Current.FindStaff(p)?.Reach.Includes(project.Code) is not true) is { } stranger)
            throw DutyRule.Broken($"{stranger} does not work here, or holds no role in this project.", $"{stranger} 不在职，或在该项目没有角色。");

        var (from, until) = (project.Zone.AtStartOfDay(roster.Month).ToInstant(), project.Zone.AtStartOfDay(roster.Month.PlusMonths(1)).ToInstant());
        var busy = (await db.Set<ShiftAssignment>().AsNoTracking()
            .Where(a => people.Contains(a.Staff) && a.OffAt == null && a.StartsAt < until + Around && a.Until > from - Around).ToListAsync(ct)).ToLookup(a => a.Staff, a => a.Hours);
        var before = (await db.Set<ShiftAssignment>().AsNoTracking().Where(a => people.Contains(a.Staff) && a.OffAt == null && a.Project == project.Code && a.StartsAt >= from - Back && a.StartsAt < from)
            .Join(db.Set<ShiftSlot>(), a => a.Slot, s => s.Id, (a, s) => new { a.Staff, a.Shift, a.StartsAt, s.AfterHours }).ToListAsync(ct)).OrderBy(b => b.StartsAt).ToLookup(b => b.Staff);
        var leave = await hours.LeaveAsync(people, from - Around, until + Around, ct);
        return RosterPattern.Fill(
            slots.Select(s => new PatternSlot(s.Id, s.Shift, s.Date, s.Hours, s.Needed, s.AfterHours)),
            [
                .. groups.Select(g => new PatternGroup(
                    [.. g.People.Select(p => new PatternPerson(p, [.. busy[p]], [.. leave[p]], before[p].LastOrDefault()?.Shift, before[p].LastOrDefault(b => b.AfterHours)?.StartsAt))], g.Shifts)),
            ],
            new PatternRules(roster.Month, project.Zone, placing.RestIn(project.Code, now), daysOff ?? directory.Current.Read(DutyPolicies.DaysOff, project, now).Value));
    }
}
