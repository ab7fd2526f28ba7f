using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-09: keys are rotated without locking their machine out, and show when they were last used.</summary>
public sealed class KeyRotationTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    [Fact]
    [Trait("Rule", "ORG-09")]
    public async Task A_rotated_key_works_beside_the_new_one_for_the_overlap_and_not_a_moment_longer()
    {
        var old = await CreateAsync(new { name = "hotline", permissions = new[] { "complaints.read" }, project = "demo" });
        var fresh = (await RotateAsync(system.Admin, old.Id, "PT2S")).Is(201);
        fresh.Location.ShouldBe($"/api/v1/api-keys/{fresh.Id}");
        var (before, after) = (system.Host.Machine(old.Text("key")), system.Host.Machine(fresh.Text("key")));
        (await after.GetAsync("/api/v1/complaints")).Is(200);
        (await after.GetAsync("/api/v1/projects")).Is(403);
        await Eventually.BecomesAsync(() => before.GetAsync("/api/v1/complaints"), answer => (int)answer.Status == 401, "the old key expires");
        (await after.GetAsync("/api/v1/complaints")).Is(200);

        var (was, became) = (await ReadAsync(old.Id), await ReadAsync(fresh.Id));
        (became.GetProperty("name").GetString(), became.GetProperty("project").GetString()).ShouldBe((was.GetProperty("name").GetString(), "demo"));
        became.GetProperty("permissions").GetRawText().ShouldBe(was.GetProperty("permissions").GetRawText());
        became.GetProperty("expiresAt").ValueKind.ShouldBe(JsonValueKind.Null);
        (await RotateAsync(system.Admin, old.Id, "PT1H")).Is(409).Text("rule").ShouldBe("ORG-09");
        (await RotateAsync(system.Admin, fresh.Id, "PT0S")).Is(201);
        (await after.GetAsync("/api/v1/complaints")).Is(401);
    }

    [Fact]
    [Trait("Rule", "ORG-09")]
    public async Task A_key_that_expires_sooner_is_not_prolonged_and_nobody_rotates_what_they_could_not_give()
    {
        var end = TimeProvider.System.GetUtcNow().AddHours(1);
        var brief = await CreateAsync(new { name = "brief", permissions = new[] { "complaints.read" }, project = "demo", expiresAt = end });
        var was = (await ReadAsync(brief.Id)).GetProperty("expiresAt").GetString();
        (await RotateAsync(system.Admin, brief.Id, "P10D")).Is(201);
        (await ReadAsync(brief.Id)).GetProperty("expiresAt").GetString().ShouldBe(was);
        foreach (var overlap in new[] { "P91D", "-PT1S" }) (await RotateAsync(system.Admin, brief.Id, overlap)).Is(400).Error("overlap").ShouldNotBeEmpty();

        var strong = await CreateAsync(new { name = "strong", permissions = new[] { "complaints.acknowledge" }, project = "demo" });
        (await RotateAsync(await system.SignInAsync("demo.manager"), strong.Id, "PT1H")).Is(409).Text("rule").ShouldBe("ORG-09");
        (await RotateAsync(await system.SignInAsync("harbour.officer"), strong.Id, "PT1H")).Is(404);
        (await system.Admin.SendAsync(HttpMethod.Delete, $"/api/v1/api-keys/{strong.Id}", body: null, ifMatch: strong.ETag)).Is(204);
        (await RotateAsync(system.Admin, strong.Id, "PT1H")).Is(409).Text("rule").ShouldBe("ORG-09");
    }

    [Fact]
    [Trait("Rule", "ORG-09")]
    public async Task The_last_use_of_a_key_is_shown_and_many_uses_write_once()
    {
        var key = await CreateAsync(new { name = "used", permissions = new[] { "complaints.read" }, project = "demo" });
        (await ReadAsync(key.Id)).GetProperty("lastUsedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        var machine = system.Host.Machine(key.Text("key"));
        (await machine.GetAsync("/api/v1/complaints")).Is(200);
        var used = (await Eventually.BecomesAsync(() => ReadAsync(key.Id), k => k.GetProperty("lastUsedAt").ValueKind == JsonValueKind.String, "the use is written")).GetProperty("lastUsedAt").GetString();

        // Another key's first use is written after them, so theirs would be there by then.
        for (var i = 0; i < 20; i++) (await machine.GetAsync("/api/v1/complaints")).Is(200);
        var other = await CreateAsync(new { name = "after", permissions = new[] { "complaints.read" }, project = "demo" });
        (await system.Host.Machine(other.Text("key")).GetAsync("/api/v1/complaints")).Is(200);
        await Eventually.BecomesAsync(() => ReadAsync(other.Id), k => k.GetProperty("lastUsedAt").ValueKind == JsonValueKind.String, "the other's use is written");
        var item = (await system.Admin.ListAsync("/api/v1/api-keys")).Single(k => k.GetProperty("id").GetGuid() == key.Id);
        item.GetProperty("lastUsedAt").GetString().ShouldBe(used);
        item.GetProperty("version").GetInt32().ShouldBe(1);
        (await system.Host.Machine(key.Text("key")[..^1]).GetAsync("/api/v1/complaints")).Is(401);
    }

    private async Task<Reply> CreateAsync(object body) => (await system.Admin.PostAsync("/api/v1/api-keys", body)).Is(201);

    private static Task<Reply> RotateAsync(Api api, Guid id, string overlap) => api.PostAsync($"/api/v1/api-keys/{id}/rotation", new { overlap });

    private async Task<JsonElement> ReadAsync(Guid id) => (await system.Admin.GetAsync($"/api/v1/api-keys/{id}")).Is(200).Json;
}
