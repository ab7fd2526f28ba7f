using System.Security.Claims;
using Crm.Organization;
using Crm.Organization.Access;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using NodaTime;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>ORG-03, ORG-09: who may do what and where, as the database says.</summary>
public sealed class AccessBookTests
{
    private static readonly Permission[] Catalogue = [Named("complaints.read"), Named("complaints.handle"), Named("followUps.read")];
    private static readonly Instant Created = Calendar.Utc("2026-03-02T01:00:00Z");
    private static readonly DateTimeOffset RealNow = new(2026, 3, 3, 0, 0, 0, TimeSpan.Zero);

    private static readonly ProjectRow[] Projects = [Project("demo", "demo-leasing", area: "demo-east"), Project("hill", "demo-leasing", area: null), Project("harbour", "harbour-property", area: null)];

    private static readonly Area[] Areas = [new() { Code = "demo-east", Name = "东区", Company = "demo-leasing", Manager = "chen" }];

    private static readonly Role[] Roles =
    [
        Granting("administrator", Role.Everything), Granting("reader", "complaints.read"), Granting("handler", "complaints.read", "complaints.handle"),
    ];

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void A_role_holds_in_its_project_only_and_a_role_without_project_everywhere()
    {
        var caller = Book(Assigned("chen", "handler", "demo"), Assigned("chen", "reader", project: null)).FindStaff("chen")!;
        caller.Scope("complaints.read").Everywhere.ShouldBeTrue();
        caller.Scope("complaints.handle").ShouldSatisfyAllConditions(s => s.Includes("demo").ShouldBeTrue(), s => s.Includes("harbour").ShouldBeFalse());
        caller.Scope("followUps.read").IsEmpty.ShouldBeTrue();
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void Roles_in_several_projects_add_up()
    {
        var caller = Book(Assigned("chen", "reader", "demo"), Assigned("chen", "handler", "harbour")).FindStaff("chen")!;
        caller.Scope("complaints.read").Projects.ShouldBe(["demo", "harbour"], ignoreOrder: true);
        caller.Scope("complaints.handle").Projects.ShouldBe(["harbour"]);
    }

    [Theory]
    [Trait("Rule", "ORG-03")]
    [InlineData("group", "demo,hill,harbour,new", "group,company:demo-leasing,area:demo-east")]
    [InlineData("company", "demo,hill", "company:demo-leasing,area:demo-east")]
    [InlineData("area", "demo", "area:demo-east")]
    [InlineData("project", "demo", "")]
    public void A_role_reaches_the_projects_of_its_place_and_covers_places_not_lists_of_projects(string kind, string projects, string places)
    {
        var place = kind switch { "company" => new RoleScope(ScopeKind.Company, "demo-leasing"), "area" => new RoleScope(ScopeKind.Area, "demo-east"), "project" => new RoleScope(ScopeKind.Project, "demo"), _ => RoleScope.Group };
        var scope = Book(RoleAssignment.Of("chen", "reader", place)).FindStaff("chen")!.Scope("complaints.read");
        new[] { "demo", "hill", "harbour", "new" }.Where(scope.Includes).ShouldBe(projects.Split(','));
        new[] { "group", "company:demo-leasing", "area:demo-east", "company:harbour-property" }.Where(p => p != "company:harbour-property" || kind != "group").Where(scope.Covers)
            .ShouldBe(places.Split(',', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void Everything_means_every_permission_of_the_catalogue()
    {
        var caller = Book(Assigned("chen", "administrator", project: null)).FindStaff("chen")!;
        Catalogue.ShouldAllBe(p => caller.Scope(p.Name).Everywhere);
        caller.Scope("no.such").IsEmpty.ShouldBeTrue();
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void Somebody_without_a_role_is_known_and_may_nothing_a_stranger_or_who_has_left_is_not_known()
    {
        var book = Book(Assigned("gone", "administrator", project: null));
        book.FindStaff("chen")!.Grants.ShouldBeEmpty();
        book.FindStaff("nobody").ShouldBeNull();
        book.FindStaff("gone").ShouldBeNull();
    }

    [Fact]
    [Trait("Rule", "ORG-09")]
    public void A_key_is_found_by_its_text_and_holds_what_it_was_given_where_it_was_given()
    {
        var (key, text) = ApiKey.Create("hotline", "demo", ["complaints.read"], Created, expiresAt: null);
        var machine = Book(key).FindMachine(text, RealNow)!;
        machine.ShouldSatisfyAllConditions(m => m.Staff.ShouldBeNull(), m => m.Subject.ShouldBe("key:" + key.Prefix));
        machine.Scope("complaints.read").Projects.ShouldBe(["demo"]);
        machine.Scope("complaints.handle").IsEmpty.ShouldBeTrue();
        var (wide, wideText) = ApiKey.Create("replay", project: null, ["complaints.read"], Created, expiresAt: null);
        Book(wide).FindMachine(wideText, RealNow)!.Scope("complaints.read").Everywhere.ShouldBeTrue();
    }

    [Fact]
    [Trait("Rule", "ORG-09")]
    public void A_wrong_key_is_nobody_even_with_a_right_prefix()
    {
        var (key, text) = ApiKey.Create("hotline", "demo", ["complaints.read"], Created, expiresAt: null);
        var book = Book(key);
        book.Knows(text).ShouldBeTrue();
        book.Knows("crm_xxxxxxxxxx").ShouldBeFalse();
        foreach (var wrong in new[] { key.Prefix, text[..^1], text + "A", text[..^1] + (text[^1] == 'A' ? 'B' : 'A'), "", "x", "crm_" })
            book.FindMachine(wrong, RealNow).ShouldBeNull(wrong.Length.ToString());
    }

    [Fact]
    [Trait("Rule", "ORG-09")]
    public void A_key_lives_until_it_expires_to_the_instant_of_real_time_or_is_revoked()
    {
        var (key, text) = ApiKey.Create("hotline", "demo", ["complaints.read"], Created, Instant.FromDateTimeOffset(RealNow));
        Book(key).FindMachine(text, RealNow.AddMicroseconds(-1)).ShouldNotBeNull();
        Book(key).FindMachine(text, RealNow).ShouldBeNull();

        var (revoked, other) = ApiKey.Create("hotline", "demo", ["complaints.read"], Created, expiresAt: null);
        revoked.Revoke(Created);
        revoked.Revoke(Created + Calendar.Hours(1));
        revoked.RevokedAt.ShouldBe(Created);
        Book(revoked).FindMachine(other, RealNow).ShouldBeNull();
    }

    [Fact]
    [Trait("Rule", "ORG-09")]
    public void Keys_are_long_random_and_kept_only_as_a_hash()
    {
        var keys = Enumerable.Range(0, 200).Select(_ => ApiKey.Create("k", null, [], Created, null)).ToArray();
        keys.Select(k => k.Text).Distinct().Count().ShouldBe(200);
        keys.Select(k => k.Key.Prefix).Distinct().Count().ShouldBe(200);
        // Beyond the public prefix at least 256 bits remain unknown.
        keys.ShouldAllBe(k => (k.Text.Length - k.Key.Prefix.Length) * 6 >= 256 - 6 && k.Key.Hash.Length == 32 && !k.Key.Prefix.Contains(k.Text));
        keys.ShouldAllBe(k => k.Text.Length == 55, "what machines set aside for it");
    }

    [Fact]
    [Trait("Rule", "ORG-09")]
    public void A_rotated_key_works_on_for_the_overlap_but_never_longer_than_it_would_have()
    {
        var (real, hour) = (Instant.FromDateTimeOffset(RealNow), Calendar.Hours(1));
        Rotated(expiresAt: null).ExpiresAt.ShouldBe(real + hour);
        Rotated(real + hour + Calendar.Microsecond).ExpiresAt.ShouldBe(real + hour);
        Rotated(real + hour).ExpiresAt.ShouldBe(real + hour);
        Rotated(real + Calendar.Minutes(1)).ExpiresAt.ShouldBe(real + Calendar.Minutes(1));

        ApiKey Rotated(Instant? expiresAt)
        {
            var (key, text) = ApiKey.Create("hotline", "demo", ["complaints.read"], Created, expiresAt);
            var (next, nextText) = key.Rotate(Created + hour, real, overlap: hour, expiresAt: real + Calendar.Hours(24));
            (next.Name, next.Project, next.CreatedAt, next.ExpiresAt).ShouldBe(("hotline", "demo", Created + hour, real + Calendar.Hours(24)));
            next.Permissions.ShouldBe(["complaints.read"]);
            nextText.ShouldNotBe(text);
            return key;
        }
    }

    [Fact]
    [Trait("Rule", "ORG-09")]
    public void A_key_that_works_no_more_is_not_rotated()
    {
        var real = Instant.FromDateTimeOffset(RealNow);
        var (expired, _) = ApiKey.Create("hotline", "demo", [], Created, expiresAt: real);
        Refused.By("ORG-09", () => expired.Rotate(Created, real, Calendar.Hours(1), expiresAt: null));
        var (revoked, _) = ApiKey.Create("hotline", "demo", [], Created, expiresAt: null);
        revoked.Revoke(Created);
        Refused.By("ORG-09", () => revoked.Rotate(Created, real, Calendar.Hours(1), expiresAt: null));
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void A_scope_lets_through_what_is_of_its_projects_however_many_they_are()
    {
        var cases = new[] { Company.Demo, Company.Harbour, Company.Demo with { Code = "hill" } }.Select(p => Case.Registered(project: p).Complaint).AsQueryable();
        Seen(ProjectScope.None).ShouldBeEmpty();
        Seen(ProjectScope.Of(["demo"])).ShouldBe(["demo"]);
        Seen(ProjectScope.Of(["demo", "hill"])).ShouldBe(["demo", "hill"]);
        Seen(ProjectScope.Of(["gone"])).ShouldBeEmpty();
        Seen(ProjectScope.All).ShouldBe(["demo", "harbour", "hill"]);

        IEnumerable<string> Seen(ProjectScope scope) => cases.VisibleIn(scope).Select(c => c.Project);
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void Holders_of_a_permission_are_those_who_have_it_in_one_of_the_projects_or_anywhere_at_all()
    {
        var book = new AccessBook(
            [Person("chen"), Person("wang"), Person("zhao"), Person("gone", active: false)], Roles,
            [Assigned("chen", "reader", "demo"), Assigned("wang", "handler", project: null), Assigned("zhao", "reader", "harbour"), Assigned("gone", "reader", "demo")],
            [], Projects, Areas, Catalogue);
        Holders("complaints.read").ShouldBe(["chen", "wang", "zhao"]);
        Holders("complaints.read", "demo").ShouldBe(["chen", "wang"]);
        Holders("complaints.read", "hill").ShouldBe(["wang"]);
        Holders("complaints.read", "hill", "harbour").ShouldBe(["wang", "zhao"]);
        Holders("complaints.handle").ShouldBe(["wang"]);
        Holders("followUps.read").ShouldBeEmpty();
        (book.FindByCode("chen")?.Staff, book.FindByCode("gone"), book.FindByCode("nobody")).ShouldBe(("chen", null, null));

        IEnumerable<string> Holders(string permission, params string[] projects) => book.HoldersOf(permission, projects).Order(StringComparer.Ordinal);
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void Somebodys_reach_is_all_places_of_their_roles_together_whatever_these_grant()
    {
        Reach().ShouldSatisfyAllConditions(r => r.IsEmpty.ShouldBeTrue(), r => r.Everywhere.ShouldBeFalse());
        Reach(Assigned("chen", "reader", "demo"), RoleAssignment.Of("chen", "handler", new RoleScope(ScopeKind.Company, "harbour-property"))).Projects.ShouldBe(["demo", "harbour"], ignoreOrder: true);
        Reach(Assigned("chen", "reader", "demo"), RoleAssignment.Of("chen", "reader", RoleScope.Group)).Everywhere.ShouldBeTrue();

        static ProjectScope Reach(params RoleAssignment[] held) => AccessBook.ReachOf(held, Projects, Areas);
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public void A_scope_includes_another_when_it_includes_each_of_its_projects()
    {
        var (demo, both) = (ProjectScope.Of(["demo"]), ProjectScope.Of(["demo", "harbour"], "area:demo-east"));
        (both.Includes(demo), demo.Includes(both), demo.Includes(demo), demo.Includes(ProjectScope.None)).ShouldBe((true, false, true, true));
        (demo.Includes(ProjectScope.All), ProjectScope.All.Includes(ProjectScope.All), ProjectScope.All.Includes(both), ProjectScope.None.Includes(demo)).ShouldBe((false, true, true, false));
        (ProjectScope.All.IsEmpty, ProjectScope.None.IsEmpty, demo.IsEmpty).ShouldBe((false, true, false));
        (ProjectScope.All.Covers("area:demo-east"), both.Covers("area:demo-east"), both.Covers("group"), demo.Covers("area:demo-east")).ShouldBe((true, true, false, false));
        demo.Union(both).ShouldSatisfyAllConditions(u => u.Projects.ShouldBe(["demo", "harbour"], ignoreOrder: true), u => u.Covers("area:demo-east").ShouldBeTrue(), u => u.Everywhere.ShouldBeFalse());
        (demo.Union(ProjectScope.All).Everywhere, ProjectScope.All.Union(demo).Everywhere).ShouldBe((true, true));
    }

    [Theory]
    [Trait("Rule", "ORG-03")]
    [InlineData("complaints.read", false, true)]
    [InlineData("complaints.read", true, false)]
    [InlineData("followUps.read", true, true)]
    [InlineData("followUps.read", false, true)]
    [InlineData("complaints.handle", false, false)]
    [InlineData("organization.read", false, false)]
    public async Task An_endpoint_is_open_to_whom_has_its_permission_somewhere_and_a_company_wide_one_to_whom_has_it_everywhere(string permission, bool everywhere, bool isOpen)
    {
        var caller = new Caller("chen", "chen", new Dictionary<string, ProjectScope> { ["complaints.read"] = ProjectScope.Of(["demo"]), ["followUps.read"] = ProjectScope.All, ["complaints.handle"] = ProjectScope.None });
        (await IsOpenAsync(caller)).ShouldBe(isOpen);
        (await IsOpenAsync(caller: null)).ShouldBeFalse("nobody is nobody");

        async Task<bool> IsOpenAsync(Caller? caller)
        {
            var http = new DefaultHttpContext();
            if (caller is not null) http.Features.Set(caller);
            var context = new AuthorizationHandlerContext(new RequiresPermissionAttribute(permission, everywhere).GetRequirements(), new ClaimsPrincipal(), resource: null);
            await new PermissionCheck(new HttpContextAccessor { HttpContext = http }).HandleAsync(context);
            return context.HasSucceeded;
        }
    }

    [Fact]
    [Trait("Rule", "ORG-09")]
    public void A_key_is_revoked_once_at_its_instant_and_each_change_is_a_version()
    {
        var (key, text) = ApiKey.Create("hotline", "demo", ["complaints.read"], Created, expiresAt: null);
        var (version, later) = (key.Version, Created + Calendar.Hours(1));
        key.Rotate(Created, Instant.FromDateTimeOffset(RealNow), Calendar.Hours(1), expiresAt: null);
        key.Version.ShouldBe(version + 1);
        key.Revoke(later);
        key.Revoke(later + Calendar.Hours(1));
        (key.RevokedAt, key.Version).ShouldBe((later, version + 2));
        (ApiKey.PrefixOf(text), ApiKey.PrefixOf(text[..5]), ApiKey.PrefixOf("")).ShouldBe((key.Prefix, text[..5], ""));
    }

    private static StaffRow Person(string code, bool active = true) => new() { Code = code, Name = code, Subject = code, Active = active };

    private static AccessBook Book(params RoleAssignment[] assignments) => new(
        [new StaffRow { Code = "chen", Name = "陈晓", Subject = "chen" }, new StaffRow { Code = "gone", Name = "离职", Subject = "gone", Active = false }],
        Roles, assignments, [], Projects, Areas, Catalogue);

    private static AccessBook Book(ApiKey key) => new([], Roles, [], [key], Projects, Areas, Catalogue);

    private static RoleAssignment Assigned(string staff, string role, string? project) => new() { Staff = staff, Role = role, Project = project };

    private static ProjectRow Project(string code, string company, string? area) =>
        new() { Code = code, Name = code, Company = company, Area = area, TimeZone = "Asia/Shanghai", Pack = "lease-operations", ServiceDesk = "chen" };

    private static Role Granting(string name, params string[] permissions) => new() { Name = name, TitleEn = name, TitleZh = name, Permissions = permissions };

    private static Permission Named(string name) => new(name, new Text(name, name));
}
