using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Who may do what, decided by the database at this moment.</summary>
public sealed class AccessTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private static readonly TimeSpan WithinSeconds = TimeSpan.FromSeconds(5);

    [Fact]
    [Trait("Rule", "ORG-09")]
    public async Task A_revoked_key_stops_at_once_here_and_within_five_seconds_on_another_host()
    {
        var other = await system.StartHostAsync();
        var created = (await system.Admin.PostAsync("/api/v1/api-keys", new { name = "hotline", permissions = new[] { "complaints.read" }, project = "demo" })).Is(201);
        var (here, there) = (system.Host.Machine(created.Text("key")), other.Machine(created.Text("key")));
        (await here.GetAsync("/api/v1/complaints")).Is(200);
        (await there.GetAsync("/api/v1/complaints")).Is(200);
        (await here.GetAsync("/api/v1/projects")).Is(403);

        (await system.Admin.SendAsync(HttpMethod.Delete, $"/api/v1/api-keys/{created.Id}", body: null, ifMatch: created.ETag)).Is(204);
        var revoked = TimeProvider.System.GetTimestamp();
        (await here.GetAsync("/api/v1/complaints")).Is(401);
        await Eventually.BecomesAsync(() => there.GetAsync("/api/v1/complaints"), answer => (int)answer.Status == 401, "the other host refuses the key");
        TimeProvider.System.GetElapsedTime(revoked).ShouldBeLessThan(WithinSeconds);
        (await system.Admin.GetAsync($"/api/v1/api-keys/{created.Id}")).Is(200).Json.GetProperty("revokedAt").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    [Trait("Rule", "ORG-09")]
    public async Task A_key_is_kept_as_a_hash_expires_and_gives_only_what_its_giver_holds()
    {
        var created = (await system.Admin.PostAsync("/api/v1/api-keys", new { name = "brief", permissions = new[] { "complaints.read" }, project = "demo", expiresAt = TimeProvider.System.GetUtcNow().AddHours(1) })).Is(201);
        var (text, machine) = (created.Text("key"), system.Host.Machine(created.Text("key")));
        (await machine.GetAsync("/api/v1/complaints")).Is(200);
        (await system.Admin.GetAsync("/api/v1/api-keys")).Is(200).Content.ShouldNotContain(text);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.api_keys k WHERE k::text LIKE '%' || $1 || '%'", text)).ShouldBe(0);
        (await system.ScalarAsync<bool>("SELECT hash = sha256($2::text::bytea) FROM organization.api_keys WHERE id = $1", created.Id, text)).ShouldBeTrue();
        await system.ExecuteAsync($"UPDATE organization.api_keys SET expires_at = now() WHERE id = '{created.Id}'; UPDATE organization.directory_version SET version = version + 1");
        await Eventually.BecomesAsync(() => machine.GetAsync("/api/v1/complaints"), answer => (int)answer.Status == 401, "the key expires");

        var manager = await system.SignInAsync("demo.manager");
        (await manager.PostAsync("/api/v1/api-keys", new { name = "x", permissions = new[] { "complaints.acknowledge" }, project = "demo" })).Is(409).Text("rule").ShouldBe("ORG-09");
        (await manager.PostAsync("/api/v1/api-keys", new { name = "x", permissions = new[] { "complaints.read" } })).Is(409).Text("rule").ShouldBe("ORG-09");
        (await manager.PostAsync("/api/v1/api-keys", new { name = "x", permissions = new[] { "complaints.read" }, project = "harbour" })).Is(404);
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Permissions_come_from_the_database_not_from_the_token()
    {
        var desk = await system.SignInAsync("demo.desk");
        (await desk.GetAsync("/api/v1/complaints?project=demo")).Is(200);
        await system.ExecuteAsync("DELETE FROM organization.role_assignments WHERE staff = 'demo.desk'; UPDATE organization.directory_version SET version = version + 1");
        var taken = TimeProvider.System.GetTimestamp();
        await Eventually.BecomesAsync(() => desk.GetAsync("/api/v1/complaints?project=demo"), answer => (int)answer.Status == 403, "the same token is refused");
        TimeProvider.System.GetElapsedTime(taken).ShouldBeLessThan(WithinSeconds);

        await system.ExecuteAsync("""
            INSERT INTO organization.role_assignments (id, staff, role, project) VALUES (gen_random_uuid(), 'demo.desk', 'customerServiceOfficer', 'harbour');
            UPDATE organization.directory_version SET version = version + 1
            """);
        await Eventually.BecomesAsync(() => desk.GetAsync("/api/v1/complaints?project=harbour"), answer => (int)answer.Status == 200, "the new project is open");
        (await desk.GetAsync("/api/v1/complaints?project=demo")).Is(404);
        await system.ExecuteAsync("UPDATE organization.staff SET active = false WHERE code = 'demo.desk'; UPDATE organization.directory_version SET version = version + 1");
        await Eventually.BecomesAsync(() => desk.GetAsync("/api/v1/complaints?project=harbour"), answer => (int)answer.Status is 401 or 403, "who has left is refused");
    }

    [Fact]
    public async Task While_the_organization_cannot_be_read_what_was_read_last_holds()
    {
        await system.ExecuteAsync("ALTER TABLE organization.directory_version RENAME COLUMN version TO gone");
        await Eventually.BecomesAsync(
            () => Task.FromResult(CapturedLogs.Instance.Lines.Count(line => line.Contains("Reading the organization again must wait") && line.Contains("PostgresException"))), times => times > 1, "it is said, each time");
        (await system.Admin.GetAsync("/api/v1/complaints")).Is(200);
        await system.ExecuteAsync("ALTER TABLE organization.directory_version RENAME COLUMN gone TO version");
        (await system.Host.Machine((await system.Admin.PostAsync("/api/v1/api-keys", new { name = "after", permissions = new[] { "complaints.read" } })).Is(201).Text("key")).GetAsync("/api/v1/complaints")).Is(200);
    }

    [Fact]
    public async Task Phones_are_masked_for_those_who_may_not_see_them_and_shown_only_where_they_may()
    {
        var complaint = (await system.Admin.RegisterAsync(Api.Complaint(("customer", new { name = "李女士", phone = " (0086) 138-0013-8000 " })))).Is(201).Id;
        foreach (var (staff, phone) in new[] { ("demo.officer", "+86138****8000"), ("demo.manager", "+8613800138000"), ("demo.admin", "+8613800138000") })
            (await PhoneAsync(await system.SignInAsync(staff), complaint)).ShouldBe(phone, staff);

        foreach (var (permissions, phone) in new[] { (new[] { "complaints.read" }, "+86138****8000"), (["complaints.read", "complaints.see-phones"], "+8613800138000") })
        {
            var key = (await system.Admin.PostAsync("/api/v1/api-keys", new { name = "reader", permissions, project = "demo" })).Is(201).Text("key");
            (await PhoneAsync(system.Host.Machine(key), complaint)).ShouldBe(phone);
        }

        // Whole phones, masked ones and the tail that every form keeps: fewer digits than these also turn up in ids.
        foreach (var path in new[] { "/api/v1/complaints", $"/api/v1/complaints/{complaint}/history", $"/api/v1/complaints/{complaint}/clocks" })
            foreach (var phone in new[] { "13800138000", "0013-8000", "****" })
                (await system.Admin.GetAsync(path)).Is(200).Content.ShouldNotContain(phone, Case.Sensitive, path);
    }

    [Fact]
    public async Task An_edit_needs_the_version_it_was_read_at_and_bookkeeping_does_not_change_it()
    {
        var complaint = (await system.Admin.RegisterAsync()).Is(201);
        var path = $"/api/v1/complaints/{complaint.Id}";
        (await system.Admin.GetAsync(path)).ETag.ShouldBe("\"1\"");
        (await system.Admin.SendAsync(HttpMethod.Post, $"{path}/acceptance", body: null, Api.NewKey(), ifMatch: "\"7\"")).Is(412);
        (await system.Admin.SendAsync(HttpMethod.Post, $"{path}/acceptance", body: null, Api.NewKey(), ifMatch: "\"1\"")).Is(200).ETag.ShouldBe("\"2\"");
        (await system.Admin.SendAsync(HttpMethod.Post, $"{path}/customer-feedback", new { content = "x" }, Api.NewKey(), ifMatch: "\"1\"")).Is(412);
        await system.Admin.AdvanceAsync("PT30H");
        var warned = (await system.Admin.GetAsync(path)).Is(200);
        warned.Clock("feedback").GetProperty("state").GetString().ShouldBe("breached");
        warned.ETag.ShouldBe("\"2\"");

        var key = (await system.Admin.PostAsync("/api/v1/api-keys", new { name = "edited", permissions = new[] { "complaints.read" }, project = "demo" })).Is(201);
        var address = $"/api/v1/api-keys/{key.Id}";
        (await system.Admin.SendAsync(HttpMethod.Delete, address, body: null)).Is(428);
        (await system.Admin.SendAsync(HttpMethod.Delete, address, body: null, ifMatch: "\"9\"")).Is(412);
        (await system.Admin.SendAsync(HttpMethod.Delete, address, body: null, ifMatch: "W/\"1\"")).Is(400);
        (await system.Admin.SendAsync(HttpMethod.Delete, address, body: null, ifMatch: key.ETag)).Is(204);
        (await system.Admin.SendAsync(HttpMethod.Delete, address, body: null, ifMatch: key.ETag)).Is(412);
    }

    [Fact]
    public async Task Texts_for_people_come_in_the_language_asked_for()
    {
        var complaint = (await system.Admin.RegisterAsync()).Is(201).Id;
        foreach (var (path, body, status) in new (string, string, int)[]
                 {
                     ($"/api/v1/complaints/{Guid.NewGuid()}/acceptance", "{}", 404),
                     ($"/api/v1/complaints/{complaint}/resolution", """{"summary":"x"}""", 409),
                     ($"/api/v1/complaints/{complaint}/resolution", """{"summary":""}""", 400),
                     ($"/api/v1/complaints/{complaint}/resolution", """{"summary":5}""", 400),
                     ($"/api/v1/complaints/{complaint}/resolution", """{"summary":"\u0000"}""", 400),
                     ($"/api/v1/complaints/{complaint}/resolution", """{"other":"x"}""", 400),
                     ($"/api/v1/complaints/{complaint}/severity", """{"severity":"grave","reason":"x"}""", 400),
                     ("/api/v1/complaints", """{"project":"demo","kind":"complaint","channel":"hotline","content":"x","receivedAt":"soon"}""", 400),
                     ("/api/v1/complaints", """{"project":"demo","kind":"complaint","channel":"hotline","content":"x","customer":{"phone":"12"}}""", 400),
                 })
        {
            foreach (var (language, isChinese) in new[] { ("zh-CN", true), ("zh", true), ("en", false), ("fr", false), ("zh-CN,zh;q=0.9,en;q=0.8", true) })
            {
                var answer = (await system.Admin.SendAsync(HttpMethod.Post, path, body, Api.NewKey(), language: language)).Is(status);
                var texts = answer.Json.GetProperty("errors") is { ValueKind: JsonValueKind.Object } errors ? errors.EnumerateObject().SelectMany(e => e.Value.EnumerateArray()).Select(t => t.GetString()!) : [];
                foreach (var text in texts.Append(answer.Text("detail"))) text.Any(c => c is >= '\u4e00' and <= '\u9fff').ShouldBe(isChinese, $"{language}: {text} ({path} {body})");
            }
        }
    }

    [Fact]
    public async Task Health_is_told_to_anybody()
    {
        var anybody = system.Host.Anonymous();
        (await anybody.GetAsync("/health/live")).Is(200).Text("status").ShouldBe("alive");
        var ready = (await anybody.GetAsync("/health/ready")).Is(200);
        foreach (var member in new[] { "database", "migrations" }) ready.Text(member).ShouldBe("ok");
        ready.Text("scheduler").ShouldBe("running");
        ready.Json.GetProperty("outbox").EnumerateObject().Select(o => o.Name).ShouldBe(["organization", "complaints", "followups"], ignoreOrder: true);
    }

    private static async Task<string?> PhoneAsync(Api api, Guid complaint) =>
        (await api.GetAsync($"/api/v1/complaints/{complaint}")).Is(200).Json.GetProperty("customer").GetProperty("phone").GetString();
}
