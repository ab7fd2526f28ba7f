using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Crm.Organization.Duty;

/// <summary>ORG-03, ORG-04: what of shifts lies in a scope, and the row locks that changes of them take: a roster's, then people's, then slots'.</summary>
internal static class DutyScope
{
    public static IQueryable<Shift> ShiftsIn(this OrganizationDb db, ProjectScope scope) =>
        scope.Everywhere ? db.Set<Shift>() : db.Set<Shift>().Where(s => scope.Projects.Contains(s.Project));

    public static IQueryable<Shift> ShiftsIn(this OrganizationDb db, ProjectScope scope, string project, string code) =>
        db.ShiftsIn(scope).Where(s => s.Project == project && s.Code == code);

    public static IQueryable<Roster> RostersIn(this OrganizationDb db, ProjectScope scope) =>
        scope.Everywhere ? db.Set<Roster>() : db.Set<Roster>().Where(r => scope.Projects.Contains(r.Project));

    public static IQueryable<Roster> RostersIn(this OrganizationDb db, ProjectScope scope, string project, string month)
    {
        var first = RosterMonth.ReadOrNever(month);
        return db.RostersIn(scope).Where(r => r.Project == project && r.Month == first);
    }

    public static IQueryable<LeaveRequest> LeaveIn(this OrganizationDb db, ProjectScope scope) =>
        scope.Everywhere ? db.Set<LeaveRequest>() : db.Set<LeaveRequest>().Where(l => scope.Projects.Contains(l.Project));

    public static IQueryable<ShiftSwap> SwapsIn(this OrganizationDb db, ProjectScope scope) =>
        scope.Everywhere ? db.Set<ShiftSwap>() : db.Set<ShiftSwap>().Where(s => scope.Projects.Contains(s.Project));

    /// <summary>The shifts that are somebody's now: not those that were taken from them.</summary>
    public static IQueryable<ShiftAssignment> AssignmentsIn(this OrganizationDb db, ProjectScope scope) => scope.Everywhere
        ? db.Set<ShiftAssignment>().Where(a => a.OffAt == null)
        : db.Set<ShiftAssignment>().Where(a => a.OffAt == null && scope.Projects.Contains(a.Project));

    /// <summary>Takes a roster in hand: its row lock, and the version the caller knows.</summary>
    /// <exception cref="NotFound">There is none, or not in the scope.</exception>
    public static async Task<Roster> TakeRosterAsync(this OrganizationDb db, ProjectScope scope, string project, string month, CommandContext context, CancellationToken ct)
    {
        var id = await db.RostersIn(scope, project, month).Select(r => (Guid?)r.Id).SingleOrDefaultAsync(ct) ?? throw new NotFound("roster", "排班表");
        await db.LockAsync<Roster>(id, ct);
        var roster = await db.Set<Roster>().SingleAsync(r => r.Id == id, ct);
        context.EnsureCurrent(roster.Version);
        return roster;
    }

    /// <summary>
    /// Takes the row locks of people, in their order. Giving shifts, signing leave and leaving the company take them first: what is looked at
    /// afterwards stays true until the change is committed.
    /// </summary>
    public static async Task LockStaffAsync(this OrganizationDb db, IEnumerable<string> codes, CancellationToken ct)
    {
        await using var batch = db.Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT 1 FROM organization.staff WHERE code = ANY($1) ORDER BY code FOR NO KEY UPDATE") { Parameters = { new() { Value = codes.Distinct().ToArray() } } });
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Takes the row locks of slots, in their order, and reads them as they are then.</summary>
    public static async Task<List<ShiftSlot>> LockSlotsAsync(this OrganizationDb db, IEnumerable<Guid> slots, CancellationToken ct)
    {
        Guid[] ids = [.. slots.Distinct()];
        await using (var batch = db.Batch())
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT 1 FROM organization.shift_slots WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE") { Parameters = { new() { Value = ids } } });
            await batch.ExecuteNonQueryAsync(ct);
        }

        return await db.Set<ShiftSlot>().Where(s => ids.Contains(s.Id)).OrderBy(s => s.StartsAt).ThenBy(s => s.Shift).ToListAsync(ct);
    }
}
