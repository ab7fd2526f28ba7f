using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Setup;

/// <summary>ORG-02, ORG-03: the first member of staff, who may do everything everywhere. Without one nobody could sign in to appoint anybody.</summary>
internal static class AppointAdministrator
{
    private const string RoleName = "administrator";

    /// <param name="ownerConnection">The migration connection.</param>
    /// <param name="keys">What the audit row is marked with.</param>
    /// <param name="person">Who it is.</param>
    /// <param name="again">There is one already, and this is one more: for when the only one has left.</param>
    /// <param name="ct">Cancels it; nothing is done then.</param>
    /// <exception cref="BrokenRule">There is one, or code or subject belong to somebody else.</exception>
    public static Task RunAsync(string ownerConnection, KeyRing keys, StaffRow person, bool again, CancellationToken ct) => SetupTransaction.RunAsync(ownerConnection, keys, nameof(AppointAdministrator), async db =>
    {
        if (!again && await Administrators.FindAsync(db, ct) is { } present)
            throw new BrokenRule("ORG-03", new Text($"There is an administrator already, staff code {present}. To appoint one more, add --again.", $"已有管理员，员工编号 {present}。如需再任命一位，请加 --again。"));
        if (await db.Staff.AnyAsync(s => s.Code == person.Code || s.Subject == person.Subject, ct))
            throw new BrokenRule("ORG-02", new Text(
                $"Staff code {person.Code} or this subject belongs to somebody already. Codes are never reused: choose another with --code.", $"员工编号 {person.Code} 或该 subject 已被使用。编号不重复使用，请用 --code 另选。"));
        var role = await db.Roles.SingleOrDefaultAsync(r => r.Name == RoleName, ct);
        if (role is null) db.Roles.Add(new Role { Name = RoleName, Tier = RoleTier.Group, TitleEn = "Administrator", TitleZh = "系统管理员", Permissions = [Role.Everything] });
        else if (!role.Permissions.Contains(Role.Everything))
            throw new BrokenRule("ORG-03", new Text($"The role {RoleName} does not grant everything (*) in this installation.", $"本系统的 {RoleName} 角色未授予全部权限（*）。"));
        db.Staff.Add(person);
        db.Assignments.Add(new RoleAssignment { Staff = person.Code, Role = RoleName });
        return ("staff", person.Code, Project: null);
    }, ct);
}
