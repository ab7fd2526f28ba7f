using Crm.Organization.Data;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization;

/// <summary>ORG-01: an area is managed by somebody who works here. Asked under the directory's row lock, so that it stays true.</summary>
internal static class AreaRule
{
    /// <exception cref="BrokenRule">Nobody who works here has this staff code.</exception>
    public static async Task EnsureManagerAsync(OrganizationDb db, string manager, CancellationToken ct)
    {
        if (!await db.Staff.AnyAsync(s => s.Code == manager && s.Active, ct))
            throw new BrokenRule("ORG-01", new Text($"Nobody who works here has the staff code {manager}: an area needs its manager.", $"没有在职员工使用编号 {manager}：片区须有负责人。"));
    }
}
