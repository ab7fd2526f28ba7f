using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-03: somebody who may do everything is always left, whoever tries what at the same moment.</summary>
public sealed class LastAdministratorTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const int Rounds = 5;

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task The_last_one_cannot_be_taken_away_neither_by_the_assignment_nor_by_the_role()
    {
        // Whichever of the two the other test left.
        var last = await IsAdministratorAsync("demo.admin") ? "demo.admin" : "demo.head";
        var administrator = await system.SignInAsync(last);
        var (version, id) = await HeldAsync(last);
        (await TakeAsync(administrator, last, id, version)).Is(409).Text("rule").ShouldBe("ORG-03");
        var role = (await administrator.GetAsync("/api/v1/roles/administrator")).Is(200);
        (await administrator.SendAsync(HttpMethod.Put, "/api/v1/roles/administrator", new { tier = "group", titleEn = "x", titleZh = "x", permissions = new[] { "complaints.read" } }, ifMatch: role.ETag)).Is(409).Text("rule").ShouldBe("ORG-03");
        (await administrator.SendAsync(HttpMethod.Delete, "/api/v1/roles/administrator", body: null, ifMatch: role.ETag)).Is(409).Text("rule").ShouldBe("ORG-03");
        (await administrator.GetAsync($"/api/v1/staff/{last}")).Is(200).ETag.ShouldBe(version);
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task When_the_last_two_take_each_other_away_at_once_on_two_hosts_one_of_them_stays()
    {
        var other = await system.StartHostAsync();
        var (one, two) = (system.Admin, await other.SignInAsync("demo.head"));
        for (var round = 0; round < Rounds; round++)
        {
            var giver = (int)(await one.GetAsync("/api/v1/roles")).Status == 200 && await IsAdministratorAsync("demo.admin") ? one : await system.SignInAsync("demo.head");
            foreach (var person in new[] { "demo.admin", "demo.head" })
                if (!await IsAdministratorAsync(person)) (await giver.PostAsync($"/api/v1/staff/{person}/roles", new { role = "administrator", scope = "group" })).Is(201);
            await Eventually.BecomesAsync(() => two.GetAsync("/api/v1/companies/harbour-property"), answer => (int)answer.Status == 200, "the other host knows both");
            var (admin, head) = (await HeldAsync("demo.admin"), await HeldAsync("demo.head"));

            var answers = await Crowd.AtOnceAsync<Reply>([() => TakeAsync(one, "demo.head", head.Id, head.Version), () => TakeAsync(two, "demo.admin", admin.Id, admin.Version)]);
            answers.Select(a => (int)a.Status).Count(status => status == 204).ShouldBe(1, string.Join("; ", answers.Select(a => a.Content)));
            (await AdministratorsAsync()).ShouldBe(1);
        }
    }

    private static Task<Reply> TakeAsync(Api api, string staff, Guid id, string version) => api.SendAsync(HttpMethod.Delete, $"/api/v1/staff/{staff}/roles/{id}", body: null, ifMatch: version);

    private async Task<(string Version, Guid Id)> HeldAsync(string staff) => (
        $"\"{await system.ScalarAsync<int>("SELECT version FROM organization.staff WHERE code = $1", staff)}\"",
        await system.ScalarAsync<Guid>("SELECT id FROM organization.role_assignments WHERE staff = $1 AND role = 'administrator'", staff));

    private Task<bool> IsAdministratorAsync(string staff) => system.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM organization.role_assignments WHERE staff = $1 AND role = 'administrator')", staff);

    private Task<long> AdministratorsAsync() => system.ScalarAsync<long>("SELECT count(*) FROM organization.role_assignments WHERE role = 'administrator'");
}
