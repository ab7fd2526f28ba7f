using Crm.Organization;
using Crm.Shared.Access;

namespace Crm.RuleTests;

/// <summary>ORG-02, ORG-03: how wide a role may be held, and who may give it.</summary>
public sealed class GivingTests
{
    private static readonly RoleScope Demo = new(ScopeKind.Project, "demo"), East = new(ScopeKind.Area, "demo-east"), Leasing = new(ScopeKind.Company, "demo-leasing");

    [Theory]
    [Trait("Rule", "ORG-02")]
    [InlineData("group", "group,company,area,project")]
    [InlineData("company", "company,area,project")]
    [InlineData("project", "area,project")]
    public void A_role_is_held_in_nothing_wider_than_its_tier(string tier, string allowed)
    {
        var role = new Role { Name = "r", Tier = Enum.Parse<RoleTier>(tier, ignoreCase: true), TitleEn = "r", TitleZh = "r", Permissions = ["complaints.read"] };
        foreach (var kind in Enum.GetValues<ScopeKind>())
        {
            if (allowed.Split(',').Contains(kind.ToString().ToLowerInvariant())) role.EnsureMayBeHeldIn(kind);
            else Refused.By("ORG-02", () => role.EnsureMayBeHeldIn(kind), allowed.Split(','));
        }
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void Nobody_gives_what_they_do_not_hold_nor_where_they_do_not_hold_it()
    {
        var manager = Holding(ProjectScope.Of(["demo"], "area:demo-east"));
        foreach (var place in new[] { Demo, East }) manager.EnsureHolds(["complaints.read"], place);
        foreach (var place in new[] { Leasing, RoleScope.Group, Demo with { Place = "harbour" } })
            Refused.By("ORG-03", () => manager.EnsureHolds(["complaints.read"], place));
        Refused.By("ORG-03", () => manager.EnsureHolds(["complaints.read", "complaints.reopen"], Demo), "complaints.read");
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void Holding_every_project_of_an_area_is_not_holding_the_area() =>
        Refused.By("ORG-03", () => Holding(ProjectScope.Of(["demo"])).EnsureHolds(["complaints.read"], East));

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void Only_who_holds_everything_gives_everything()
    {
        Refused.By("ORG-03", () => Holding(ProjectScope.All).EnsureHolds([Role.Everything], RoleScope.Group), "complaints.read");
        new Caller("lin", "lin", new Dictionary<string, ProjectScope> { [Role.Everything] = ProjectScope.All }).EnsureHolds([Role.Everything], RoleScope.Group);
    }

    private static Caller Holding(ProjectScope scope) => new("chen", "chen", new Dictionary<string, ProjectScope> { ["complaints.read"] = scope });
}
