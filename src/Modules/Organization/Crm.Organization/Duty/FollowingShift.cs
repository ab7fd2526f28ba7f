using Crm.Organization.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-05: finds the shift that takes over from another, in published rosters.</summary>
internal static class FollowingShift
{
    /// <summary>Further than this nobody looks for it.</summary>
    private static readonly Duration Far = Duration.FromDays(3);

    public static async Task<ShiftSlot?> FollowingAsync(this OrganizationDb db, ShiftSlot slot, CancellationToken ct)
    {
        var far = slot.EndsAt + Far;
        var published = db.Set<Roster>().Where(r => r.Status == RosterStatus.Published);
        var others = await db.Set<ShiftSlot>().AsNoTracking()
            .Where(s => s.Project == slot.Project && s.Needed > 0 && s.StartsAt > slot.StartsAt && s.StartsAt < far && s.EndsAt > slot.EndsAt && published.Any(r => r.Id == s.Roster)).ToListAsync(ct);
        return HandoverRule.Following(slot.Hours, others, s => s.Hours);
    }

    /// <summary>The shift of this code that began on this day, by a published roster; null when there is none.</summary>
    public static Task<ShiftSlot?> SlotOfAsync(this OrganizationDb db, string project, string shift, LocalDate date, CancellationToken ct) => db.Set<ShiftSlot>().AsNoTracking()
        .Where(s => s.Project == project && s.Shift == shift && s.Date == date && db.Set<Roster>().Any(r => r.Id == s.Roster && r.Status == RosterStatus.Published)).SingleOrDefaultAsync(ct);

    /// <summary>True for somebody who has this shift.</summary>
    public static Task<bool> HasAsync(this OrganizationDb db, Guid slot, string staff, CancellationToken ct) =>
        db.Set<ShiftAssignment>().AnyAsync(a => a.Slot == slot && a.Staff == staff && a.OffAt == null, ct);
}
