using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Data;

/// <summary>A small company to try things with. Records no instant, so that the test clock can be put anywhere afterwards.</summary>
internal static class DemoCompany
{
    public static async Task SeedAsync(string ownerConnection, CancellationToken ct)
    {
        await using var db = new OrganizationDb(ModuleRegistration.Options<OrganizationDb>(ownerConnection, OrganizationModule.Schema));
        if (await db.Projects.AnyAsync(p => p.Code == "demo", ct)) return;

        db.Staff.AddRange(
            Person("demo.admin", "林岚"), Person("demo.desk", "云栖花园服务台"), Person("demo.officer", "陈晓"), Person("demo.manager", "王建国"),
            Person("demo.head", "周敏"), Person("demo.guest", "访客"), Person("demo.auditor", "郑审"), Person("harbour.desk", "海港新城服务台"), Person("harbour.officer", "何静"));
        db.Projects.AddRange(
            new ProjectRow { Code = "demo", Name = "云栖花园", TimeZone = "Asia/Shanghai", Pack = Packs.LeaseOperations, ServiceDesk = "demo.desk" },
            new ProjectRow { Code = "harbour", Name = "海港新城", TimeZone = "Asia/Shanghai", Pack = Packs.PropertyManagement, ServiceDesk = "harbour.desk" });
        string[] officer =
        [
            "organization.read", "organization.receive-notices", "complaints.read", "complaints.register", "complaints.handle", "complaints.verify", "complaints.withdraw", "complaints.archive",
            "followUps.read", "followUps.record",
        ];
        string[] manager = [.. officer, "complaints.classify", "complaints.reopen", "complaints.see-phones", "organization.set-policies", "organization.manage-keys"];
        db.Roles.AddRange(
            new Role { Name = "administrator", Permissions = [Role.Everything] },
            new Role { Name = "customerServiceOfficer", Permissions = officer },
            new Role { Name = "areaManager", Permissions = manager },
            new Role { Name = "headOfAssetManagement", Permissions = [.. manager, "complaints.acknowledge"] },
            new Role { Name = "auditor", Permissions = ["audit.read"] });
        db.Assignments.AddRange(
            new RoleAssignment { Staff = "demo.admin", Role = "administrator" },
            new RoleAssignment { Staff = "demo.auditor", Role = "auditor" },
            new RoleAssignment { Staff = "demo.desk", Role = "customerServiceOfficer", Project = "demo" },
            new RoleAssignment { Staff = "demo.officer", Role = "customerServiceOfficer", Project = "demo" },
            new RoleAssignment { Staff = "demo.manager", Role = "areaManager", Project = "demo" },
            new RoleAssignment { Staff = "demo.head", Role = "headOfAssetManagement", Project = "demo" },
            new RoleAssignment { Staff = "harbour.desk", Role = "customerServiceOfficer", Project = "harbour" },
            new RoleAssignment { Staff = "harbour.officer", Role = "areaManager", Project = "harbour" });
        await db.SaveChangesAsync(ct);
        await db.ChangeDirectoryAsync(ct);
    }

    private static StaffRow Person(string code, string name) => new() { Code = code, Name = name, Subject = code };
}
