using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-02, ORG-03: who works here, what they may do, and who decides that.</summary>
public sealed class StaffAndRolesTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private static int people;

    [Fact]
    [Trait("Rule", "ORG-02")]
    public async Task Somebody_appointed_signs_in_at_once_and_may_do_nothing_until_they_are_given_a_role()
    {
        var code = await AppointAsync();
        var person = await system.SignInAsync(code);
        (await person.GetAsync("/api/v1/projects")).Is(403);
        (await GiveAsync(system.Admin, code, "frontDesk", "project", "demo")).Is(201);
        (await person.GetAsync("/api/v1/complaints?project=demo")).Is(200);
        (await person.GetAsync("/api/v1/complaints?project=harbour")).Is(404);
        var details = (await system.Admin.GetAsync($"/api/v1/staff/{code}")).Is(200);
        details.ETag.ShouldBe("\"2\"");
        var held = details.Json.GetProperty("roles").EnumerateArray().ShouldHaveSingleItem();
        (held.GetProperty("role").GetString(), held.GetProperty("scope").GetString(), held.GetProperty("place").GetString()).ShouldBe(("frontDesk", "project", "demo"));
    }

    [Fact]
    [Trait("Rule", "ORG-02")]
    public async Task A_staff_code_is_never_reused_and_a_subject_is_one_person()
    {
        var code = await AppointAsync();
        (await system.Admin.PostAsync("/api/v1/staff", new { code, name = "又一个", subject = "another" })).Is(409).Text("rule").ShouldBe("ORG-02");
        (await system.Admin.PostAsync("/api/v1/staff", new { code = "another", name = "又一个", subject = code })).Is(409).Text("rule").ShouldBe("ORG-09");
        (await system.Admin.SendAsync(HttpMethod.Put, $"/api/v1/staff/{code}", new { name = "x", subject = "demo.head" }, ifMatch: "\"1\"")).Is(409).Text("rule").ShouldBe("ORG-09");
        (await system.Admin.SendAsync(HttpMethod.Put, $"/api/v1/staff/{code}", new { name = "x", subject = code, department = "nowhere" }, ifMatch: "\"1\"")).Is(404).Error("department").ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Staff_are_seen_by_those_whose_projects_their_roles_reach_and_listed_by_filters()
    {
        var manager = await system.SignInAsync("demo.manager");
        foreach (var (seen, status) in new[] { ("demo.officer", 200), ("demo.supervisor", 200), ("demo.admin", 200), ("call.agent", 200), ("harbour.desk", 404), ("nobody", 404) })
            (await manager.GetAsync($"/api/v1/staff/{seen}")).Is(status);
        (await CodesAsync(manager, "?role=headOfAssetManagement")).ShouldBe(["demo.head"]);
        (await CodesAsync(system.Admin, "?project=harbour&role=areaManager")).ShouldBe(["harbour.officer"]);
        (await CodesAsync(system.Admin, "?active=false")).ShouldBeEmpty();
        (await CodesAsync(system.Admin, "?active=true", limit: 3)).ShouldBe(await CodesAsync(system.Admin, ""));
        (await manager.GetAsync("/api/v1/staff?project=harbour")).Is(404);
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Nobody_gives_or_takes_what_they_do_not_hold_there_themselves()
    {
        var code = await AppointAsync("demo-care");
        var manager = await system.SignInAsync("demo.manager");
        (await GiveAsync(manager, code, "customerServiceOfficer", "area", "demo-east")).Is(201);
        var officer = (await GiveAsync(manager, code, "customerServiceOfficer", "project", "demo")).Is(201);
        (await GiveAsync(manager, code, "customerServiceOfficer", "project", "demo")).Is(409).Text("rule").ShouldBe("ORG-03");
        foreach (var (role, scope, place) in new[] { ("headOfAssetManagement", "project", "demo"), ("customerSupervisor", "company", "demo-leasing"), ("callCentreAgent", "group", null) })
            (await GiveAsync(manager, code, role, scope, place)).Is(409).Text("rule").ShouldBe("ORG-03");
        (await GiveAsync(manager, code, "customerServiceOfficer", "company", "demo-leasing")).Is(409).Text("rule").ShouldBe("ORG-02");
        (await GiveAsync(manager, code, "customerServiceOfficer", "project", "harbour")).Is(404).Error("place").ShouldNotBeEmpty();
        (await GiveAsync(manager, code, "noSuchRole", "project", "demo")).Is(404).Error("role").ShouldNotBeEmpty();
        (await GiveAsync(manager, code, "callCentreAgent", "group", "demo")).Is(400).Error("place").ShouldNotBeEmpty();

        var head = (await system.Admin.GetAsync("/api/v1/staff/demo.head")).Is(200);
        var heads = head.Json.GetProperty("roles")[0].GetProperty("id").GetGuid();
        (await manager.SendAsync(HttpMethod.Delete, $"/api/v1/staff/demo.head/roles/{heads}", body: null, ifMatch: head.ETag)).Is(409).Text("rule").ShouldBe("ORG-03");
        (await manager.SendAsync(HttpMethod.Delete, $"/api/v1/staff/{code}/roles/{officer.Id}", body: null, ifMatch: officer.ETag)).Is(204);
        (await manager.SendAsync(HttpMethod.Delete, $"/api/v1/staff/{code}/roles/{officer.Id}", body: null, ifMatch: officer.ETag)).Is(404);
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task A_role_that_changes_or_is_taken_counts_here_at_once_and_on_the_other_host_within_seconds()
    {
        var other = await system.StartHostAsync();
        var code = await AppointAsync();
        (await system.Admin.PostAsync("/api/v1/roles", new { name = "clerk", tier = "project", titleEn = "Clerk", titleZh = "文员", permissions = new[] { "complaints.read" } })).Is(201);
        var given = (await GiveAsync(system.Admin, code, "clerk", "project", "demo")).Is(201);
        var (here, there) = (await system.SignInAsync(code), await other.SignInAsync(code));
        await BecomesAsync(200, "complaints");

        (await system.Admin.SendAsync(HttpMethod.Put, "/api/v1/roles/clerk", new { tier = "project", titleEn = "Clerk", titleZh = "文员", permissions = new[] { "followUps.read" } }, ifMatch: "\"1\"")).Is(200);
        await BecomesAsync(403, "complaints");
        await BecomesAsync(200, "follow-ups");
        (await system.Admin.SendAsync(HttpMethod.Delete, "/api/v1/roles/clerk", body: null, ifMatch: "\"2\"")).Is(409).Text("detail").ShouldContain(code);

        (await system.Admin.SendAsync(HttpMethod.Delete, $"/api/v1/staff/{code}/roles/{given.Id}", body: null, ifMatch: given.ETag)).Is(204);
        await BecomesAsync(403, "follow-ups");
        (await system.Admin.SendAsync(HttpMethod.Delete, "/api/v1/roles/clerk", body: null, ifMatch: "\"2\"")).Is(204);

        async Task BecomesAsync(int status, string list)
        {
            (await here.GetAsync($"/api/v1/{list}")).Is(status);
            await Eventually.BecomesAsync(() => there.GetAsync($"/api/v1/{list}"), answer => (int)answer.Status == status, $"the other host answers {status} to {list}");
        }
    }

    [Fact]
    [Trait("Rule", "ORG-02")]
    public async Task A_role_is_edited_within_its_tier_and_only_by_who_holds_what_it_grants()
    {
        (await system.Admin.PostAsync("/api/v1/roles", new { name = "areaManager", tier = "project", titleEn = "x", titleZh = "x", permissions = new[] { "complaints.read" } })).Is(409).Text("rule").ShouldBe("ORG-02");
        (await system.Admin.PostAsync("/api/v1/roles", new { name = "keeper", tier = "company", titleEn = "Keeper", titleZh = "管家", permissions = new[] { "organization.manage-roles", "complaints.read" } })).Is(201);
        var code = await AppointAsync();
        (await GiveAsync(system.Admin, code, "keeper", "company", "demo-leasing")).Is(201);
        (await system.Admin.SendAsync(HttpMethod.Put, "/api/v1/roles/keeper", new { tier = "project", titleEn = "x", titleZh = "x", permissions = new[] { "complaints.read" } }, ifMatch: "\"1\"")).Is(409).Text("rule").ShouldBe("ORG-02");
        (await (await system.SignInAsync(code)).PostAsync("/api/v1/roles", new { name = "mine", tier = "project", titleEn = "x", titleZh = "x", permissions = new[] { "complaints.read" } })).Is(403);

        (await system.Admin.SendAsync(HttpMethod.Put, "/api/v1/roles/keeper", new { tier = "group", titleEn = "x", titleZh = "x", permissions = new[] { "organization.manage-roles", "complaints.read" } }, ifMatch: "\"1\"")).Is(200);
        (await GiveAsync(system.Admin, code, "keeper", "group", place: null)).Is(201);
        var keeper = await system.SignInAsync(code);
        (await keeper.SendAsync(HttpMethod.Put, "/api/v1/roles/keeper", new { tier = "group", titleEn = "x", titleZh = "x", permissions = new[] { "organization.manage-roles", "complaints.read", "complaints.reopen" } }, ifMatch: "\"2\"")).Is(409).Json
            .GetProperty("allowed").EnumerateArray().Select(a => a.GetString()).ShouldBe(["complaints.read", "organization.manage-roles"]);
        (await keeper.PostAsync("/api/v1/roles", new { name = "all", tier = "group", titleEn = "x", titleZh = "x", permissions = new[] { "*" } })).Is(409).Text("rule").ShouldBe("ORG-03");
        (await keeper.PostAsync("/api/v1/roles", new { name = "mine", tier = "project", titleEn = "x", titleZh = "x", permissions = new[] { "complaints.read" } })).Is(201);
        (await system.Admin.SendAsync(HttpMethod.Get, "/api/v1/roles/areaManager", body: null, language: "zh-CN")).Text("title").ShouldBe("片区经理");
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Nobody_comes_by_the_rights_of_somebody_who_may_do_more_by_the_way_they_sign_in()
    {
        var manager = await system.SignInAsync("call.manager");
        var (admin, officer) = ((await manager.GetAsync("/api/v1/staff/demo.admin")).Is(200), (await manager.GetAsync("/api/v1/staff/demo.officer")).Is(200));
        (await manager.SendAsync(HttpMethod.Put, "/api/v1/staff/demo.admin", new { name = admin.Text("name"), subject = "mine-now" }, ifMatch: admin.ETag)).Is(409).Text("rule").ShouldBe("ORG-03");
        (await manager.SendAsync(HttpMethod.Put, "/api/v1/staff/demo.admin", new { name = "另一个名字", subject = "demo.admin" }, ifMatch: admin.ETag)).Is(200);
        // Of somebody who may do nothing more than they themselves it can be changed, and back.
        var moved = (await manager.SendAsync(HttpMethod.Put, "/api/v1/staff/demo.officer", new { name = officer.Text("name"), subject = "officer-at-another-provider" }, ifMatch: officer.ETag)).Is(200);
        (await manager.SendAsync(HttpMethod.Put, "/api/v1/staff/demo.officer", new { name = officer.Text("name"), subject = "demo.officer" }, ifMatch: moved.ETag)).Is(200);
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Nobody_takes_from_a_role_what_they_could_not_give()
    {
        (await system.Admin.PostAsync("/api/v1/roles", new { name = "roleKeeper", tier = "group", titleEn = "Keeper", titleZh = "角色管理", permissions = new[] { "organization.manage-roles", "organization.read" } })).Is(201);
        var code = await AppointAsync();
        (await GiveAsync(system.Admin, code, "roleKeeper", "group", null)).Is(201);
        var (keeper, auditor) = (await system.SignInAsync(code), (await system.Admin.GetAsync("/api/v1/roles/auditor")).Is(200));
        Task<Reply> EditAsync(params string[] permissions) => keeper.SendAsync(
            HttpMethod.Put, "/api/v1/roles/auditor", new { tier = auditor.Text("tier"), titleEn = auditor.Text("titleEn"), titleZh = auditor.Text("titleZh"), permissions }, ifMatch: auditor.ETag);
        (await EditAsync("organization.read")).Is(409).Text("rule").ShouldBe("ORG-03", "it takes audit.read away");
        (await EditAsync("audit.read", "organization.read")).Is(200);
    }

    private Task<Reply> GiveAsync(Api giver, string code, string role, string scope, string? place) => giver.PostAsync($"/api/v1/staff/{code}/roles", new { role, scope, place });

    private async Task<string> AppointAsync(string? department = null)
    {
        var code = $"person.{Interlocked.Increment(ref people)}";
        (await system.Admin.PostAsync("/api/v1/staff", new { code, name = "新人", subject = code, department })).Is(201);
        return code;
    }

    private static async Task<string?[]> CodesAsync(Api api, string query, int limit = 200) => [.. (await api.ListAsync($"/api/v1/staff{query}", limit)).Select(s => s.GetProperty("code").GetString())];
}
