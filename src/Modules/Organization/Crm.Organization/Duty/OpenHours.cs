using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: which hours of published rosters are open, and that those who are to know hear of it.</summary>
internal sealed class OpenHours(OrganizationDb db, OrganizationDirectory directory, IClock clock)
{
    /// <summary>
    /// Looks at slots again after something has changed: what opens is told. Saves first, so that the change itself is looked at; its caller is in
    /// a transaction.
    /// </summary>
    public async Task ReviewAsync(IEnumerable<Guid> slots, CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        var locked = await db.LockSlotsAsync(slots, ct);
        var now = clock.GetCurrentInstant();
        var gaps = await GapsAsync(locked, ct);
        foreach (var slot in locked) slot.Review(gaps[slot.Id], Ahead(slot.Project, now), now);
    }

    /// <summary>The open hours of each of these slots.</summary>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlyList<Gap>>> GapsAsync(IReadOnlyCollection<ShiftSlot> slots, CancellationToken ct)
    {
        Guid[] ids = [.. slots.Select(s => s.Id)];
        var given = await db.Set<ShiftAssignment>().AsNoTracking().Where(a => ids.Contains(a.Slot) && a.OffAt == null).ToListAsync(ct);
        var leave = await LeaveOfAsync(given, ct);
        var there = given.SelectMany(a => a.Hours.Without(leave[a.Staff]), (a, time) => (a.Slot, Time: time)).ToLookup(p => p.Slot, p => p.Time);
        return slots.ToDictionary(s => s.Id, s => s.StartsAt < s.EndsAt ? Coverage.Gaps(s.Hours, s.Needed, there[s.Id]) : []);
    }

    /// <summary>The signed leave of those who have these shifts, as far as it touches them.</summary>
    public async Task<ILookup<string, Interval>> LeaveOfAsync(IReadOnlyCollection<ShiftAssignment> given, CancellationToken ct)
    {
        if (given.Count == 0) return Enumerable.Empty<LeaveRequest>().ToLookup(l => l.Staff, l => l.Time);
        string[] people = [.. given.Select(a => a.Staff).Distinct()];
        return await LeaveAsync(people, given.Min(a => a.StartsAt), given.Max(a => a.Until), ct);
    }

    /// <summary>The signed leave of people that touches a stretch of time.</summary>
    public async Task<ILookup<string, Interval>> LeaveAsync(string[] people, Instant from, Instant until, CancellationToken ct) =>
        (await db.Set<LeaveRequest>().AsNoTracking().Where(l => people.Contains(l.Staff) && l.Status == LeaveStatus.Signed && l.StartsAt < until && l.EndsAt > from).ToListAsync(ct))
        .ToLookup(l => l.Staff, l => l.Time);

    private Duration Ahead(string project, Instant now) => directory.Current.Read(DutyPolicies.RemindAhead, directory.Current.FindProject(project)!, now).Value;
}
