using Crm.Organization.Data;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization;

/// <summary>ORG-01: what a project must be, wherever it is opened or edited. Asked under the directory's row lock, so that it stays true.</summary>
internal static class ProjectRule
{
    /// <exception cref="BrokenRule">The code is taken, the service desk is nobody who works here, or the area belongs to another company.</exception>
    /// <exception cref="NotFound">There is no such company or area.</exception>
    public static async Task EnsureAsync(OrganizationDb db, ProjectRow project, bool isNew, CancellationToken ct)
    {
        if (isNew && await db.Projects.AnyAsync(p => p.Code == project.Code, ct))
            throw new BrokenRule("ORG-01", new Text($"There is a project {project.Code} already.", $"项目 {project.Code} 已存在。"));
        if (!await db.Companies.AnyAsync(c => c.Code == project.Company, ct)) throw new NotFound("company", "公司", field: "company");
        if (!await db.Staff.AnyAsync(s => s.Code == project.ServiceDesk && s.Active, ct))
            throw new BrokenRule("ORG-01", new Text(
                $"Nobody who works here has the staff code {project.ServiceDesk}: the service desk receives what belongs to nobody else.", $"没有在职员工使用编号 {project.ServiceDesk}：服务台负责接收无人认领的事项。"));
        if (project.Area is not { } code) return;
        var area = await db.Areas.SingleOrDefaultAsync(a => a.Code == code, ct) ?? throw new NotFound("area", "片区", field: "area");
        if (area.Company != project.Company)
            throw new BrokenRule("ORG-01", new Text(
                $"The area {area.Code} belongs to the company {area.Company}: a project's area is one of its own company's.", $"片区 {area.Code} 属于公司 {area.Company}：项目只能归入本公司的片区。"),
                [.. await db.Areas.Where(a => a.Company == project.Company).OrderBy(a => a.Code).Select(a => a.Code).Take(100).ToListAsync(ct)]);
    }
}
