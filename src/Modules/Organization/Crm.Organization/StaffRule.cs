using Crm.Organization.Data;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization;

/// <summary>ORG-02, ORG-09: what a member of staff must be. Asked under the directory's row lock, so that it stays true.</summary>
internal static class StaffRule
{
    /// <exception cref="BrokenRule">Somebody else who works here signs in with this subject.</exception>
    /// <exception cref="NotFound">There is no such department.</exception>
    public static async Task EnsureAsync(OrganizationDb db, string code, string subject, string? department, CancellationToken ct)
    {
        if (department is not null && !await db.Departments.AnyAsync(d => d.Code == department, ct)) throw new NotFound("department", "部门", field: "department");
        if (await db.Staff.Where(s => s.Subject == subject && s.Active && s.Code != code).Select(s => s.Code).FirstOrDefaultAsync(ct) is { } other)
            throw new BrokenRule("ORG-09", new Text($"{other} signs in with this subject: one subject is one person.", $"该 subject 已属于 {other}：一个 subject 只对应一人。"));
    }
}
