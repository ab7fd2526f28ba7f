using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Setup;

/// <summary>ORG-01: a project, made at the console until there is an endpoint for it.</summary>
internal static class OpenProject
{
    /// <exception cref="BrokenRule">The code is taken, or the service desk is nobody who works here.</exception>
    public static Task RunAsync(string ownerConnection, KeyRing keys, ProjectRow project, CancellationToken ct) => SetupTransaction.RunAsync(ownerConnection, keys, nameof(OpenProject), async db =>
    {
        if (await db.Projects.AnyAsync(p => p.Code == project.Code, ct))
            throw new BrokenRule("ORG-01", new Text($"There is a project {project.Code} already.", $"项目 {project.Code} 已存在。"));
        if (!await db.Staff.AnyAsync(s => s.Code == project.ServiceDesk && s.Active, ct))
            throw new BrokenRule("ORG-01", new Text(
                $"Nobody who works here has the staff code {project.ServiceDesk}: the service desk receives what belongs to nobody else.", $"没有在职员工使用编号 {project.ServiceDesk}：服务台负责接收无人认领的事项。"));
        db.Projects.Add(project);
        return ("project", project.Code, project.Code);
    }, ct);
}
