using Crm.Organization.Data;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization;

/// <summary>ORG-03: those who may do everything everywhere. Without one, nobody could be let in any more.</summary>
internal static class Administrators
{
    /// <summary>The first of them still here, by staff code; null when there is none.</summary>
    public static Task<string?> FindAsync(OrganizationDb db, CancellationToken ct) => (
        from assignment in db.Assignments
        join role in db.Roles on assignment.Role equals role.Name
        join person in db.Staff on assignment.Staff equals person.Code
        where assignment.Project == null && assignment.Area == null && assignment.Company == null && person.Active && role.Permissions.Contains(Role.Everything)
        orderby person.Code
        select person.Code).FirstOrDefaultAsync(ct);

    /// <summary>
    /// Saves the change if one of them is left. The caller has taken the directory's row lock first: two who take an administrator away at
    /// once go one after the other, and the second one sees what the first has done.
    /// </summary>
    /// <exception cref="BrokenRule">ORG-03: nobody would be left; nothing is changed.</exception>
    public static async Task SaveIfOneStaysAsync(OrganizationDb db, CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        if (await FindAsync(db, ct) is null)
            throw new BrokenRule("ORG-03", new Text("This is the last person who may do everything everywhere: appoint another one first.", "这是最后一位拥有全部权限的人员，请先任命另一位。"));
    }
}
