using Crm.Organization.Contracts;
using Crm.Organization.Duty;
using Crm.Organization.Estate;
using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Data;

/// <summary>
/// A small company to try things with: two companies of one group, each with an area and a project in it. Records no instant, so that the
/// test clock can be put anywhere afterwards.
/// </summary>
internal static class DemoCompany
{
    private static readonly string[] Reader = ["organization.read", "organization.receive-notices", "organization.set-presence", "organization.own-record", "organization.read-announcements", "complaints.read", "followUps.read", "customers.read", "duty.read", "duty.serve"];

    private static readonly string[] Officer =
    [
        .. Reader, "complaints.register", "complaints.handle", "complaints.verify", "complaints.withdraw", "complaints.archive", "followUps.record", "customers.edit", "organization.write-announcements",
    ];

    private static readonly string[] Manager =
    [
        .. Officer, "complaints.classify", "complaints.reopen", "complaints.see-phones", "customers.grade", "customers.merge", "organization.set-policies", "organization.manage-keys", "organization.manage-webhooks",
        "organization.read-staff", "organization.assign-roles", "organization.watch-presence",
        "organization.record-violations", "organization.see-violations", "organization.decide-violations",
        "organization.appraise", "organization.see-appraisals", "organization.confirm-appraisals", "organization.manage-estate", "organization.publish-announcements",
        "duty.arrange", "duty.decide",
    ];

    /// <summary>ORG-02: the roles whose work the built modules know. "*" stands for everything.</summary>
    private static Role[] Roles =>
    [
        Role("administrator", RoleTier.Group, "Administrator", "系统管理员", Organization.Role.Everything),
        Role("auditor", RoleTier.Group, "Auditor", "审计员", "audit.read"),
        Role("callCentreAgent", RoleTier.Group, "Call-centre agent", "呼叫中心坐席", [.. Reader, "organization.take-calls", "complaints.register", "complaints.see-phones", "followUps.record", "customers.edit"]),
        Role("customerManager", RoleTier.Group, "Customer manager", "客户经理", [.. Manager, "organization.define-violations", "organization.define-appraisals", "organization.manage-staff", "organization.erase-personal-data"]),
        Role("customerSupervisor", RoleTier.Company, "Customer supervisor", "客户主管", Manager),
        Role("frontDesk", RoleTier.Project, "Property front desk", "物业前台", [.. Reader, "complaints.register", "customers.edit"]),
        Role("propertySupervisor", RoleTier.Project, "Property supervisor", "物业主管", [.. Officer, "organization.watch-presence", "complaints.classify", "organization.read-staff", "organization.manage-estate", "duty.arrange", "duty.decide"]),
        Role("customerServiceOfficer", RoleTier.Project, "Customer-service officer", "客服专员", Officer),
        Role("areaManager", RoleTier.Project, "Area manager", "片区经理", Manager),
        Role("headOfAssetManagement", RoleTier.Project, "Head of asset management", "资产管理负责人", [.. Manager, "complaints.acknowledge"]),
    ];

    public static async Task SeedAsync(string ownerConnection, CancellationToken ct)
    {
        await using var db = new OrganizationDb(ModuleRegistration.Options<OrganizationDb>(ownerConnection, OrganizationModule.Schema));
        if (await db.Projects.AnyAsync(p => p.Code == "demo", ct)) return;

        db.Companies.AddRange(new Company { Code = "demo-leasing", Name = "云栖资产管理" }, new Company { Code = "harbour-property", Name = "海港物业" });
        db.Departments.AddRange(
            new Department { Code = "demo-care", Name = "客户服务部", Company = "demo-leasing" }, new Department { Code = "harbour-care", Name = "客户服务部", Company = "harbour-property" });
        db.Duties.Add(new DepartmentDuty { Department = "demo-care", Matter = "complaints", Part = DepartmentPart.Responsible });
        db.Staff.AddRange(
            Person("demo.admin", "林岚"), Person("demo.desk", "云栖花园服务台"), Person("demo.officer", "陈晓", "demo-care"), Person("demo.manager", "王建国"),
            Person("demo.head", "周敏"), Person("demo.supervisor", "赵倩"), Person("demo.guest", "访客"), Person("demo.auditor", "郑审"), Person("call.agent", "孙悦"), Person("call.manager", "吴昊"),
            Person("harbour.desk", "海港新城服务台"), Person("harbour.officer", "何静", "harbour-care"));
        db.Areas.AddRange(
            new Area { Code = "demo-east", Name = "东区", Company = "demo-leasing", Manager = "demo.manager" },
            new Area { Code = "harbour-north", Name = "北区", Company = "harbour-property", Manager = "harbour.officer" });
        db.Projects.AddRange(
            new ProjectRow { Code = "demo", Name = "云栖花园", Company = "demo-leasing", Area = "demo-east", TimeZone = "Asia/Shanghai", Pack = Packs.LeaseOperations, ServiceDesk = "demo.desk" },
            new ProjectRow { Code = "harbour", Name = "海港新城", Company = "harbour-property", Area = "harbour-north", TimeZone = "Asia/Shanghai", Pack = Packs.PropertyManagement, ServiceDesk = "harbour.desk" });
        db.AddRange(
            new Building { Project = "demo", Code = "1", Name = "1栋" }, new Building { Project = "demo", Code = "2", Name = "2栋" }, new Building { Project = "harbour", Code = "1", Name = "1栋" },
            new Unit("demo", new UnitFacts("1", "1203", 12, UnitKind.Apartment, 89.50m, UnitTenure.Sold, UnitOccupancy.OwnerOccupied)),
            new Unit("demo", new UnitFacts("1", "1204", 12, UnitKind.Apartment, 120.00m, UnitTenure.Retained, UnitOccupancy.Leased)),
            new Unit("demo", new UnitFacts("2", "101", 1, UnitKind.Shop, 65.80m, UnitTenure.Unsold, UnitOccupancy.Vacant)),
            new Station
            {
                Code = "demo-station", Project = "demo", Kind = StationKind.ServiceStation, Name = "云栖花园服务站", Address = "云栖花园 1 栋大堂", InCharge = "demo.desk",
                Hours = [.. Enum.GetValues<Weekday>().Select(day => new OpeningHours(day, new LocalTime(8, 30), new LocalTime(20, 0)))],
            });
        db.AddRange(StandardShifts.Of("demo"));
        db.AddRange(StandardShifts.Of("harbour"));
        db.Roles.AddRange(Roles);
        db.Assignments.AddRange(
            new RoleAssignment { Staff = "demo.admin", Role = "administrator" },
            new RoleAssignment { Staff = "demo.auditor", Role = "auditor" },
            new RoleAssignment { Staff = "call.agent", Role = "callCentreAgent" },
            new RoleAssignment { Staff = "call.manager", Role = "customerManager" },
            new RoleAssignment { Staff = "demo.supervisor", Role = "customerSupervisor", Company = "demo-leasing" },
            new RoleAssignment { Staff = "demo.desk", Role = "customerServiceOfficer", Project = "demo" },
            new RoleAssignment { Staff = "demo.officer", Role = "customerServiceOfficer", Project = "demo" },
            new RoleAssignment { Staff = "demo.manager", Role = "areaManager", Area = "demo-east" },
            new RoleAssignment { Staff = "demo.head", Role = "headOfAssetManagement", Project = "demo" },
            new RoleAssignment { Staff = "harbour.desk", Role = "customerServiceOfficer", Project = "harbour" },
            new RoleAssignment { Staff = "harbour.officer", Role = "areaManager", Project = "harbour" });
        await db.SaveChangesAsync(ct);
        await db.ChangeDirectoryAsync(ct);
    }

    private static Role Role(string name, RoleTier tier, string en, string zh, params string[] permissions) =>
        new() { Name = name, Tier = tier, TitleEn = en, TitleZh = zh, Permissions = permissions };

    private static StaffRow Person(string code, string name, string? department = null) => new() { Code = code, Name = name, Subject = code, Department = department };
}
