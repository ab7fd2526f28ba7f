using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: gives shifts to people, whoever decides it, by hand, by correction or by swap. The same is looked at each time, under their row locks.</summary>
internal sealed class Placing(OrganizationDb db, OrganizationDirectory directory)
{
    /// <summary>Gives a slot to somebody.</summary>
    /// <returns>The shift that is now theirs; it is not saved yet, and the database still decides about other shifts and rest.</returns>
    /// <exception cref="BrokenRule">They do not work here, are on leave then, have it already, or it is over.</exception>
    public async Task<ShiftAssignment> GiveAsync(ShiftSlot slot, string staff, string by, Instant now, CancellationToken ct)
    {
        var works = await db.Staff.AnyAsync(s => s.Code == staff && s.Active, ct);
        if (!works || directory.Current.FindStaff(staff)?.Reach.Includes(slot.Project) is not true)
            throw DutyRule.Broken($"{staff} does not work here, or holds no role in this project.", $"{staff} 不在职，或在该项目没有角色。");
        if (slot.EndsAt <= slot.StartsAt) throw DutyRule.Broken("The clock skips this shift on that day.", "当天时钟调整，该班次不存在。");
        if (slot.EndsAt <= now) throw DutyRule.Broken($"The shift {slot.Shift} of that day is over.", $"当天的班次 {slot.Shift} 已结束。");
        if (await db.Set<LeaveRequest>().AnyAsync(l => l.Staff == staff && l.Status == LeaveStatus.Signed && l.StartsAt < slot.EndsAt && l.EndsAt > slot.StartsAt, ct))
            throw DutyRule.Broken($"{staff} is on leave then.", $"{staff} 届时在请假。");
        var given = ShiftAssignment.Of(slot, staff, RestIn(slot.Project, now), by, now);
        db.Add(given);
        return given;
    }

    /// <summary>The rest that people have between shifts.</summary>
    public Duration RestIn(string project, Instant now) => directory.Current.Read(DutyPolicies.Rest, directory.Current.FindProject(project)!, now).Value;
}
