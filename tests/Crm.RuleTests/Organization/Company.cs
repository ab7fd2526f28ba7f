using Crm.Organization.Contracts;
using NodaTime;

namespace Crm.RuleTests;

/// <summary>A company of two projects: <c>demo</c> with lease-operations, <c>harbour</c> with property-management.</summary>
internal static class Company
{
    public static readonly Project Demo = new("demo", "云栖花园", Calendar.Shanghai, Packs.LeaseOperations, ServiceDesk: "demo.desk", Company: "demo-leasing", Area: "demo-east", AreaManager: "demo.manager");

    public static readonly Project Harbour = new("harbour", "海港新城", Calendar.Shanghai, Packs.PropertyManagement, ServiceDesk: "harbour.desk", Company: "harbour-property");

    private static readonly StaffMember[] Staff =
        [new("demo.desk", "服务台", Active: true), new("demo.manager", "王建国", Active: true), new("demo.officer", "陈晓", Active: true), new("demo.gone", "离职员工", Active: false), new("harbour.desk", "服务台", Active: true)];

    /// <summary>The company with these values of its own.</summary>
    public static OrganizationSnapshot With(params PolicyOverride[] overrides) => new([Demo, Harbour], Staff, overrides, new WorkingCalendar([], []));

    /// <summary>The project's own value of a policy, since forever unless said otherwise.</summary>
    public static PolicyOverride Own(Project project, string policy, string json, Instant? from = null, int version = 1) =>
        new(project.Code, policy, json, from ?? Instant.MinValue, version);
}
