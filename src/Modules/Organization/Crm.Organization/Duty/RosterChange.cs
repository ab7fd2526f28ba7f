using Crm.Organization.Data;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty;

/// <param name="Shift">The shift's code.</param>
/// <param name="Date">The day it begins on.</param>
/// <param name="Staff">The staff code of who is to have it.</param>
internal sealed record GivenShift(string Shift, LocalDate Date, string Staff);

/// <summary>ORG-04: changes of who works when in one roster: all of them or none. The roster is locked.</summary>
internal sealed class RosterChange(OrganizationDb db, Placing placing)
{
    private const int Most = 500;

    /// <summary>Takes shifts away, then gives shifts.</summary>
    /// <param name="roster">The roster.</param>
    /// <param name="remove">The ids of what is taken away.</param>
    /// <param name="add">What is given.</param>
    /// <param name="why">Why something is taken away.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="now">The instant.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The slots it touched.</returns>
    /// <exception cref="NotFound">What is to be taken away is nobody's, or there is no such shift on that day.</exception>
    public async Task<IReadOnlyList<ShiftSlot>> ApplyAsync(Roster roster, IReadOnlyList<Guid> remove, IReadOnlyList<GivenShift> add, OffBecause why, string by, Instant now, CancellationToken ct)
    {
        LocalDate[] dates = [.. add.Select(a => a.Date)];
        var laid = await db.Set<ShiftSlot>().AsNoTracking().Where(s => s.Roster == roster.Id && dates.Contains(s.Date)).ToListAsync(ct);
        var wanted = add.Select(a => (Given: a, Slot: laid.SingleOrDefault(s => s.Shift == a.Shift && s.Date == a.Date) ?? throw new NotFound("shift on that day", "当天班次", field: "add"))).ToList();
        var gone = await Live(roster, remove).AsNoTracking().ToListAsync(ct);
        if (gone.Count != remove.Count) throw new NotFound("assignment", "排班", field: "remove");

        await db.LockStaffAsync(gone.Select(a => a.Staff).Concat(add.Select(a => a.Staff)), ct);
        var slots = (await db.LockSlotsAsync(gone.Select(a => a.Slot).Concat(wanted.Select(w => w.Slot.Id)), ct)).ToDictionary(s => s.Id);
        foreach (var taken in await Live(roster, remove).ToListAsync(ct))
        {
            if (taken.Until <= now) throw DutyRule.Broken($"The shift {taken.Shift} of {taken.Staff} is over.", $"{taken.Staff} 的班次 {taken.Shift} 已结束。");
            if (taken.StartsAt >= now) taken.End(why, now);
            else taken.Until = now;
            if (roster.Status == RosterStatus.Published) slots[taken.Slot].Tell(taken.Staff, isTheirs: false, now);
        }

        // What was taken away is free before it is given again.
        await db.SaveChangesAsync(ct);
        foreach (var (given, slot) in wanted)
        {
            await placing.GiveAsync(slots[slot.Id], given.Staff, by, now, ct);
            if (roster.Status == RosterStatus.Published) slots[slot.Id].Tell(given.Staff, isTheirs: true, now);
        }

        roster.Changed();
        return [.. slots.Values];
    }

    private IQueryable<ShiftAssignment> Live(Roster roster, IReadOnlyList<Guid> ids) => db.Set<ShiftAssignment>().Where(a => a.Roster == roster.Id && a.OffAt == null && ids.Contains(a.Id));

    /// <summary>Ids that are named once each.</summary>
    public static bool AreIds(IReadOnlyList<Guid> ids) => ids.Count <= Most && ids.Distinct().Count() == ids.Count;

    /// <summary>Shifts that are named once for each person.</summary>
    public static bool AreGiven(IReadOnlyList<GivenShift> add) =>
        add.Count <= Most && add.All(a => a is { Shift.Length: >= 1 and <= 50, Staff.Length: >= 1 and <= 100 }) && add.Distinct().Count() == add.Count;

    /// <summary>What those two want.</summary>
    public static string Wrong => new Text($"must name each once, at most {Most}", $"每项只能出现一次，最多 {Most} 项").Localized;
}
