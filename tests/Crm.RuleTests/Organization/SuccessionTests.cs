using Crm.Organization;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>ORG-03: who takes over from somebody who leaves, and whose is what they held.</summary>
public sealed class SuccessionTests
{
    private static readonly ProjectRow[] Projects = [Row("demo", "demo-east", desk: "desk"), Row("hill", area: null, desk: "leaver")];
    private static readonly Area[] Areas = [new() { Code = "demo-east", Name = "东区", Company = "demo-leasing", Manager = "manager" }];

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void A_successor_reaches_where_the_leaver_has_roles_and_where_they_are_the_desk_or_the_manager()
    {
        var staff = new[] { "company", "demo", "hill", "nothing" };
        var held = Held(("leaver", new(ScopeKind.Project, "demo")), ("company", new(ScopeKind.Company, "demo-leasing")), ("demo", new(ScopeKind.Area, "demo-east")), ("hill", new(ScopeKind.Project, "hill")));
        new Succession("leaver", held, Projects, Areas, []).Ensure("company", staff);
        foreach (var no in new[] { "demo", "hill", "nothing", "leaver", "nobody" }) Refused.By("ORG-03", () => new Succession("leaver", held, Projects, Areas, []).Ensure(no, staff), "company");
        // Without a role, the area they manage is what counts.
        new Succession("manager", held, Projects, Areas, []).Ensure("demo", staff);
        Refused.By("ORG-03", () => new Succession("manager", held, Projects, Areas, []).Ensure("hill", staff), "company", "demo");
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void Who_reaches_every_project_of_the_moment_does_not_reach_the_group()
    {
        var held = Held(("leaver", RoleScope.Group), ("company", new(ScopeKind.Company, "demo-leasing")), ("group", RoleScope.Group));
        Refused.By("ORG-03", () => new Succession("leaver", held, Projects, Areas, []).Ensure("company", ["company", "group"]), "group");
    }

    [Theory]
    [Trait("Rule", "ORG-03")]
    [InlineData("first", "third")] // the successor's successor, since the successor has left too
    [InlineData("second", "third")]
    [InlineData("stray", "demo.desk")] // the successor does not reach the project
    [InlineData("demo.officer", "demo.desk")] // works here: nobody has taken over
    public void The_heir_works_here_and_reaches_the_project_or_is_the_service_desk(string leaver, string heir)
    {
        var demo = ProjectScope.Of(["demo"]);
        StaffMember[] staff =
        [
            new("first", "一", Active: false) { Successor = "second" }, new("second", "二", Active: false) { Successor = "third", Reach = demo }, new("third", "三", Active: true) { Reach = demo },
            new("stray", "四", Active: false) { Successor = "far" }, new("far", "五", Active: true) { Reach = ProjectScope.Of(["harbour"]) }, new("demo.officer", "六", Active: true) { Reach = demo },
        ];
        var organization = new OrganizationSnapshot([Company.Demo], staff, [], new WorkingCalendar([], []));
        organization.HeirOf(leaver, Company.Demo).ShouldBe(heir);
        organization.Leavers.ShouldBe(["first", "second", "stray"], ignoreOrder: true);
    }

    private static ILookup<string, RoleAssignment> Held(params (string Staff, RoleScope Scope)[] held) => held.Select(h => RoleAssignment.Of(h.Staff, "role", h.Scope)).ToLookup(a => a.Staff);

    private static ProjectRow Row(string code, string? area, string desk) =>
        new() { Code = code, Name = code, Company = "demo-leasing", Area = area, TimeZone = "Asia/Shanghai", Pack = Packs.LeaseOperations, ServiceDesk = desk };
}
