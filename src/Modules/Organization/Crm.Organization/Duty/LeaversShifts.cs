using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-03, ORG-04: who has left has no shift any more. Nobody inherits it: the hours are open, and those who are to know are told.</summary>
internal sealed class LeaversShifts(OrganizationDb db, OpenHours hours, IClock clock) : HandOver
{
    protected override ModuleDb Database => db;

    public override async Task<int> PassOnAsync(IReadOnlyCollection<string> leavers, CancellationToken ct)
    {
        var found = await Held(leavers, clock.GetCurrentInstant()).OrderBy(a => a.Slot).Select(a => new { a.Id, a.Slot }).Take(Piece).ToListAsync(ct);
        if (found.Count == 0) return 0;
        var slots = (await db.LockSlotsAsync(found.Select(f => f.Slot), ct)).ToDictionary(s => s.Id);
        var now = clock.GetCurrentInstant();
        Guid[] ids = [.. found.Select(f => f.Id)];
        // Another host may have been faster.
        var held = await Held(leavers, now).Where(a => ids.Contains(a.Id)).ToListAsync(ct);
        foreach (var shift in held)
        {
            if (shift.StartsAt >= now) shift.End(OffBecause.Departed, now);
            else shift.Until = now;
        }

        await hours.ReviewAsync(await PublishedAsync([.. held.Select(a => a.Slot)], ct), ct);
        return held.Count;
    }

    private IQueryable<ShiftAssignment> Held(IReadOnlyCollection<string> leavers, Instant now) =>
        db.Set<ShiftAssignment>().Where(a => leavers.Contains(a.Staff) && a.OffAt == null && a.Until > now);

    private async Task<List<Guid>> PublishedAsync(Guid[] slots, CancellationToken ct) =>
        await db.Set<ShiftSlot>().Where(s => slots.Contains(s.Id)).Join(db.Set<Roster>().Where(r => r.Status == RosterStatus.Published), s => s.Roster, r => r.Id, (s, _) => s.Id).ToListAsync(ct);
}

/// <summary>ORG-03: the coming shifts that somebody has.</summary>
internal sealed class ComingShifts(OrganizationDb db, IClock clock) : IHoldings
{
    public string Kind => "shift";

    public async Task<IReadOnlyList<Holding>> ListAsync(string staff, ProjectScope scope, string? after, int limit, CancellationToken ct)
    {
        var now = clock.GetCurrentInstant();
        var found = await db.AssignmentsIn(scope).Where(a => a.Staff == staff && a.Until > now).Select(a => new { a.Id, a.Project }).ToListAsync(ct);
        var projects = found.ToDictionary(f => f.Id.ToString(), f => f.Project);
        return [.. projects.Keys.Follow(after, limit).Select(id => new Holding(Kind, id, Number: null, projects[id]))];
    }
}
