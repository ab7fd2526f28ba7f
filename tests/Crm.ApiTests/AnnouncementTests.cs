using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using NodaTime;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-15: announcements: who writes them, who reads them from when to when, and who has read them.</summary>
[Trait("Rule", "ORG-15")]
public sealed class AnnouncementTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    private const string All = "/api/v1/announcements";
    private static readonly string[] Demo = ["call.agent", "call.manager", "demo.admin", "demo.desk", "demo.head", "demo.manager", "demo.officer", "demo.supervisor"];
    private static readonly string[] Harbour = ["call.agent", "call.manager", "demo.admin", "harbour.desk", "harbour.officer"];

    [Fact]
    public async Task A_draft_is_seen_by_writers_only_and_edited_until_it_is_published()
    {
        await system.MorningAsync();
        var (officer, manager, desk) = (await system.SignInAsync("demo.officer"), await system.SignInAsync("demo.manager"), await system.SignInAsync("call.agent"));
        var draft = (await officer.PostAsync(All, Draft())).Is(201);
        (draft.Text("state"), draft.ETag, draft.Location).ShouldBe(("draft", "\"1\"", $"{All}/register/{draft.Id}"));
        foreach (var reader in new[] { officer, desk }) (await reader.GetAsync($"{All}/{draft.Id}")).Is(404);
        (await officer.GetAsync($"{All}/register/{draft.Id}")).Is(200).ETag.ShouldBe("\"1\"");
        (await desk.GetAsync($"{All}/register/{draft.Id}")).Is(403);
        (await EditAsync(officer, draft.Id, Draft(title: "改"), ifMatch: null)).Is(428);
        (await EditAsync(officer, draft.Id, Draft(title: "改"), "\"1\"")).Is(200).ETag.ShouldBe("\"2\"");
        (await EditAsync(officer, draft.Id, Draft(), "\"1\"")).Is(412);
        (await officer.PostAsync($"{All}/{draft.Id}/publication", new { })).Is(403);

        (await manager.PostAsync($"{All}/{draft.Id}/publication", new { })).Is(200).Text("state").ShouldBe("published");
        (await desk.GetAsync($"{All}/{draft.Id}")).Is(200).Text("title").ShouldBe("改");
        var refused = (await EditAsync(officer, draft.Id, Draft(), "\"3\"")).Is(409);
        (refused.Text("rule"), refused.Json.GetProperty("allowed").GetRawText()).ShouldBe(("ORG-15", "[\"correction\",\"withdrawal\"]"));
        (await manager.PostAsync($"{All}/{draft.Id}/publication", new { })).Is(409).Text("rule").ShouldBe("ORG-15");
    }

    [Fact]
    public async Task It_can_be_read_from_its_instant_to_its_end_whether_or_not_anything_has_noticed()
    {
        var morning = await system.MorningAsync();
        var (begins, ends) = (morning + Duration.FromHours(2), morning + Duration.FromHours(3));
        var id = await PublishAsync(Draft(), begins, ends);
        var reader = await system.SignInAsync("demo.desk");
        async Task SeenAsync(bool listed, int status)
        {
            (await ListedAsync(reader, id)).ShouldBe(listed);
            (await reader.GetAsync($"{All}/{id}")).Is(status);
        }

        await SeenAsync(false, 404);
        await TurnAsync(begins - ClocksSystem.Microsecond);
        await SeenAsync(false, 404);
        await WhileHeldAsync(id, async () =>
        {
            await TurnAsync(begins);
            await SeenAsync(true, 200);
            (await system.ScalarAsync<bool>("SELECT announced_at IS NULL FROM organization.announcements WHERE id = $1", id)).ShouldBeTrue();
        });
        await ToldAsync(id, "published", Demo);
        await system.SetAsync(ends - ClocksSystem.Microsecond);
        await SeenAsync(true, 200);
        await system.SetAsync(ends);
        await SeenAsync(false, 200);
        (await system.Admin.GetAsync($"{All}/register/{id}")).Is(200).Text("state").ShouldBe("ended");
    }

    [Fact]
    [Trait("Rule", "ORG-11")]
    public async Task Staff_it_addresses_are_told_once_when_it_begins_on_however_many_hosts()
    {
        var morning = await system.MorningAsync();
        foreach (var _ in Enumerable.Range(0, 2)) await system.StartHostAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < 10; i++) ids.Add(await PublishAsync(Draft(), morning + Duration.FromHours(1), until: null));
        var residents = await PublishAsync(Draft(audience: "residents"), morning + Duration.FromHours(1), until: null);
        var both = await PublishAsync(Draft(projects: ["demo", "harbour"]), morning + Duration.FromHours(1), until: null);
        var everybody = await PublishAsync(Draft(reach: "everywhere", projects: []), morning + Duration.FromHours(1), until: null);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.notifications WHERE subject_id = ANY($1)", ids.ToArray())).ShouldBe(0, "nobody is told before");

        await TurnAsync(morning + Duration.FromHours(1));
        foreach (var id in ids) await ToldAsync(id, "published", Demo);
        foreach (var id in new[] { both, everybody }) await ToldAsync(id, "published", [.. Demo.Union(Harbour).Order(StringComparer.Ordinal)]);
        await system.Admin.SettleAsync();
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.outbox_events WHERE aggregate_id = ANY($1) AND type = 'AnnouncementPublished'", ids.Append(residents).ToArray())).ShouldBe(11);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.notifications WHERE subject_id = $1", residents)).ShouldBe(0, "residents have no inbox here");
        await ToldAsync(ids[0], "published", Demo);
    }

    [Fact]
    public async Task Read_marks_say_who_has_read_the_valid_edition_and_a_correction_is_to_be_read_again()
    {
        await system.MorningAsync();
        var (officer, desk) = (await system.SignInAsync("demo.officer"), await system.SignInAsync("demo.desk"));
        var before = await UnreadAsync(officer);
        var id = await PublishAsync(Draft());
        (await UnreadAsync(officer)).ShouldBe(before + 1);
        (await officer.GetAsync($"{All}/{id}")).Is(200).Json.GetProperty("read").GetBoolean().ShouldBeFalse();
        (await CountAsync(id)).ShouldBe((1, 0, Demo.Length));

        (await officer.PostAsync($"{All}/{id}/read-mark")).Is(204);
        var readAt = await ReadAtAsync(id, "demo.officer");
        await system.Admin.AdvanceAsync("PT1S");
        (await officer.PostAsync($"{All}/{id}/read-mark")).Is(204);
        (await ReadAtAsync(id, "demo.officer")).ShouldBe(readAt, "once more changes nothing");
        (await UnreadAsync(officer)).ShouldBe(before);
        (await CountAsync(id)).ShouldBe((1, 1, Demo.Length - 1));
        (await ReadersAsync(id, "read=true")).ShouldBe(["demo.officer"]);
        (await ReadersAsync(id, "read=false")).ShouldBe(Demo.Where(p => p != "demo.officer"));
        (await ReadersAsync(id, "")).ShouldBe(Demo);
        (await officer.ListAsync($"{All}?unread=true", limit: 200)).ShouldNotContain(a => a.GetProperty("id").GetGuid() == id);
        (await officer.ListAsync($"{All}?unread=false", limit: 200)).ShouldContain(a => a.GetProperty("id").GetGuid() == id);
        (await desk.ListAsync($"{All}?unread=true", limit: 200)).ShouldContain(a => a.GetProperty("id").GetGuid() == id);

        var corrected = (await CorrectAsync(id, "周日清洗水箱", "日期改为周日")).Is(200);
        corrected.Json.GetProperty("edition").GetInt32().ShouldBe(2);
        await ToldAsync(id, "corrected", Demo);
        (await UnreadAsync(officer)).ShouldBe(before + 1);
        (await CountAsync(id)).ShouldBe((2, 0, Demo.Length));
        var now = (await officer.GetAsync($"{All}/{id}")).Is(200);
        (now.Text("body"), now.Text("correction"), now.Json.GetProperty("edition").GetInt32(), now.Json.GetProperty("read").GetBoolean()).ShouldBe(("周日清洗水箱", "日期改为周日", 2, false));
        var editions = await system.Admin.ListAsync($"{All}/{id}/editions", limit: 1);
        editions.Select(e => $"{e.GetProperty("number")} {e.GetProperty("body").GetString()} {e.GetProperty("correction").GetString()}").ShouldBe(["2 周日清洗水箱 日期改为周日", "1 周六清洗水箱 "]);
        (await officer.PostAsync($"{All}/{id}/read-mark")).Is(204);
        (await CountAsync(id)).ShouldBe((2, 1, Demo.Length - 1));
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.announcement_reads WHERE announcement_id = $1", id)).ShouldBe(2, "what was read before stays on record");
    }

    [Fact]
    public async Task What_was_withdrawn_is_read_by_nobody_and_stays_in_the_register_with_the_reason()
    {
        await system.MorningAsync();
        var (id, reader) = (await PublishAsync(Draft()), await system.SignInAsync("demo.desk"));
        await ToldAsync(id, "published", Demo);
        (await system.Admin.PostAsync($"{All}/{id}/withdrawal", new { reason = "施工改期" })).Is(200).Text("state").ShouldBe("withdrawn");
        (await reader.GetAsync($"{All}/{id}")).Is(404);
        (await reader.PostAsync($"{All}/{id}/read-mark")).Is(404);
        (await ListedAsync(reader, id)).ShouldBeFalse();
        await ToldAsync(id, "withdrawn", Demo);
        var register = (await system.Admin.GetAsync($"{All}/register/{id}")).Is(200);
        (register.Text("state"), register.Text("withdrawalReason"), register.Text("title")).ShouldBe(("withdrawn", "施工改期", "停水通知"));
        (await system.Admin.ListAsync($"{All}/register?state=withdrawn&project=demo", limit: 200)).ShouldContain(a => a.GetProperty("id").GetGuid() == id);
        (await system.Admin.ListAsync($"{All}/register?state=published&project=demo", limit: 200)).ShouldNotContain(a => a.GetProperty("id").GetGuid() == id);
        (await CorrectAsync(id, "x", "x")).Is(409).Text("rule").ShouldBe("ORG-15");
        (await system.Admin.PostAsync($"{All}/{id}/withdrawal", new { reason = "又" })).Is(409);
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task It_is_read_by_whom_it_reaches_and_worked_on_by_whose_right_reaches_all_of_it()
    {
        await system.MorningAsync();
        var (manager, call, harbour) = (await system.SignInAsync("demo.manager"), await system.SignInAsync("call.manager"), await system.SignInAsync("harbour.officer"));
        (await manager.PostAsync(All, Draft(projects: ["demo", "harbour"]))).Is(404).Error("projects").ShouldNotBeEmpty();
        (await manager.PostAsync(All, Draft(projects: ["nowhere"]))).Is(404).Error("projects").ShouldNotBeEmpty();
        var refused = (await manager.PostAsync(All, Draft(reach: "everywhere", projects: []))).Is(409);
        (refused.Text("rule"), refused.Json.GetProperty("allowed").GetRawText()).ShouldBe(("ORG-15", "[\"demo\"]"));
        foreach (var (reach, projects) in new[] { ("projects", Array.Empty<string>()), ("everywhere", ["demo"]), ("projects", ["demo", "demo"]) })
            (await call.PostAsync(All, Draft(reach: reach, projects: projects))).Is(400).Error("projects").ShouldNotBeEmpty();

        var (two, everywhere, own) = (await PublishAsync(Draft(projects: ["harbour", "demo"]), by: call), await PublishAsync(Draft(reach: "everywhere", projects: []), by: call), await PublishAsync(Draft(), by: manager));
        (await manager.GetAsync($"{All}/{two}")).Is(200).Json.GetProperty("projects").GetRawText().ShouldBe("[\"demo\"]", "the other project is not theirs to know of");
        (await call.GetAsync($"{All}/{two}")).Is(200).Json.GetProperty("projects").GetRawText().ShouldBe("[\"demo\",\"harbour\"]");
        foreach (var reader in new[] { manager, harbour }) (await ListedAsync(reader, everywhere)).ShouldBeTrue();
        (await ListedAsync(harbour, two)).ShouldBeTrue();
        (await ListedAsync(harbour, own)).ShouldBeFalse();
        (await harbour.GetAsync($"{All}/{own}")).Is(404);
        (await harbour.GetAsync($"{All}?project=demo")).Is(404);
        foreach (var id in new[] { two, everywhere })
        {
            (await manager.GetAsync($"{All}/register/{id}")).Is(404);
            (await manager.PostAsync($"{All}/{id}/withdrawal", new { reason = "x" })).Is(404);
            (await manager.GetAsync($"{All}/{id}/readers")).Is(404);
        }

        (await manager.ListAsync($"{All}/register", limit: 200)).Select(a => a.GetProperty("id").GetGuid()).ShouldSatisfyAllConditions(ids => ids.ShouldContain(own), ids => ids.ShouldNotContain(two), ids => ids.ShouldNotContain(everywhere));
    }

    [Fact]
    public async Task Readers_are_shown_what_addresses_them_and_a_machine_what_is_for_residents()
    {
        await system.MorningAsync();
        var (residents, staff, both) = (await PublishAsync(Draft(audience: "residents")), await PublishAsync(Draft(audience: "staff")), await PublishAsync(Draft()));
        var key = (await system.Admin.PostAsync("/api/v1/api-keys", new { name = "portal", permissions = new[] { "organization.read-announcements" }, project = "demo" })).Is(201).Text("key");
        var (machine, officer) = (system.Host.Machine(key), await system.SignInAsync("demo.officer"));
        async Task<string> SeenAsync(Api api, string filter = "")
        {
            var seen = await IdsAsync(api, filter);
            return string.Concat(new[] { ("r", residents), ("s", staff), ("b", both) }.Where(a => seen.Contains(a.Item2)).Select(a => a.Item1));
        }

        (await SeenAsync(machine)).ShouldBe("rb");
        (await SeenAsync(machine, "&audience=staff")).ShouldBe("b");
        (await SeenAsync(officer)).ShouldBe("rsb");
        (await SeenAsync(officer, "&audience=staff")).ShouldBe("sb");
        (await SeenAsync(officer, "&audience=residents")).ShouldBe("rb");
        (await machine.GetAsync($"{All}/{staff}")).Is(404);
        (await machine.GetAsync($"{All}/{residents}")).Is(200).Json.GetProperty("read").ValueKind.ShouldBe(JsonValueKind.Null);
        (await machine.GetAsync($"{All}/unread-count")).Is(404);
        (await machine.GetAsync($"{All}?unread=true")).Is(400).Error("unread").ShouldNotBeEmpty();
        (await machine.PostAsync($"{All}/{both}/read-mark")).Is(404);
        (await officer.PostAsync($"{All}/{residents}/read-mark")).Is(409).Text("rule").ShouldBe("ORG-15");
    }

    [Fact]
    public async Task Pinned_ones_come_first_and_then_the_newest()
    {
        var morning = await system.MorningAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < 4; i++)
        {
            ids.Add(await PublishAsync(Draft()));
            await system.SetAsync(morning + Duration.FromMinutes(i + 1));
        }

        (await system.Admin.SendAsync(HttpMethod.Put, $"{All}/{ids[1]}/pinning", new { pinned = true }, ifMatch: "\"2\"")).Is(200).ETag.ShouldBe("\"3\"");
        var listed = (await system.Admin.ListAsync($"{All}?project=demo", limit: 1)).Select(a => a.GetProperty("id").GetGuid()).ToArray();
        listed.Where(ids.Contains).ShouldBe([ids[1], ids[3], ids[2], ids[0]]);
        listed.ShouldBeUnique();
        (await system.Admin.SendAsync(HttpMethod.Put, $"{All}/{ids[1]}/pinning", new { pinned = false }, ifMatch: "\"3\"")).Is(200);
        (await system.Admin.ListAsync($"{All}?project=demo", limit: 3)).Select(a => a.GetProperty("id").GetGuid()).Where(ids.Contains).ShouldBe([ids[3], ids[2], ids[1], ids[0]]);
    }

    [Fact]
    public async Task Of_many_who_publish_correct_and_withdraw_at_once_on_two_hosts_each_finds_what_the_others_left()
    {
        await system.MorningAsync();
        var crowd = await Crowd.SignInAsync(4, "demo.admin", system.Host, await system.StartHostAsync());
        for (var round = 0; round < 5; round++)
        {
            var id = (await system.Admin.PostAsync(All, Draft())).Is(201).Id;
            var published = await Crowd.AtOnceAsync(crowd.Select(api => (Func<Task<Reply>>)(() => api.PostAsync($"{All}/{id}/publication", new { }))));
            published.Select(a => (int)a.Status).Order().ShouldBe([200, 409, 409, 409]);
            var corrected = await Crowd.AtOnceAsync(crowd.Select(api => (Func<Task<Reply>>)(() => CorrectAsync(id, "x", "x", api))));
            corrected.Select(a => a.Is(200).Json.GetProperty("edition").GetInt32()).Order().ShouldBe([2, 3, 4, 5]);
            var ended = await Crowd.AtOnceAsync(crowd.Select((api, i) => (Func<Task<Reply>>)(() => i % 2 == 0 ? api.PostAsync($"{All}/{id}/withdrawal", new { reason = "x" }) : CorrectAsync(id, "y", "y", api))));
            ended.Where((_, i) => i % 2 == 0).Select(a => (int)a.Status).Order().ShouldBe([200, 409]);
            (await system.ScalarAsync<long>("SELECT count(*) FROM organization.announcement_editions WHERE announcement_id = $1", id)).ShouldBe(5 + ended.Where((a, i) => i % 2 == 1 && (int)a.Status == 200).Count());
            (await system.ScalarAsync<long>("SELECT count(*) FROM organization.outbox_events WHERE aggregate_id = $1 AND type = 'AnnouncementPublished'", id)).ShouldBe(1);
        }
    }

    [Theory]
    [InlineData("""{"from":"2026-01-01T00:00:00Z"}""", "from")]
    [InlineData("""{"until":"2026-01-01T00:00:00Z"}""", "until")]
    [InlineData("""{"from":"2100-01-01T00:00:00Z","until":"2100-01-01T00:00:00Z"}""", "until")]
    public async Task An_announcement_begins_neither_in_the_past_nor_after_its_end(string body, string field)
    {
        await system.MorningAsync();
        var id = (await system.Admin.PostAsync(All, Draft())).Is(201).Id;
        (await system.Admin.PostAsync($"{All}/{id}/publication", body)).Is(400).Error(field).ShouldNotBeEmpty();
        (await system.Admin.GetAsync($"{All}/register/{id}")).Text("state").ShouldBe("draft");
    }

    [Fact]
    public async Task The_readers_list_walks_along_its_index()
    {
        var morning = await system.MorningAsync();
        await system.ExecuteAsync($"""
            INSERT INTO organization.announcements (id, audience, reach, projects, pinned, title, body, status, edition, published_from, announced_at, written_by, written_at, version, event_sequence)
            SELECT gen_random_uuid(), 'residents', 'projects', CASE WHEN n % 10 = 0 THEN ARRAY['harbour'] ELSE ARRAY['demo'] END, false, 'x', 'x', 'published', 1,
                   timestamptz '{ClocksSystem.Write(morning)}' - make_interval(mins => n), now(), 'demo.admin', now(), 2, 0
            FROM generate_series(1, 20000) AS n;
            ANALYZE organization.announcements
            """);
        var plan = await PlanAsync("""
            SELECT * FROM organization.announcements a WHERE status = 'published' AND published_from <= '2200-01-01' AND (published_until IS NULL OR published_until > '2020-01-01')
            AND (reach = 'everywhere' OR projects && ARRAY['harbour']) AND (pinned, published_from, id) < (false, '2100-01-01', 'ffffffff-ffff-ffff-ffff-ffffffffffff')
            ORDER BY pinned DESC, published_from DESC, id DESC LIMIT 51
            """);
        plan.ShouldContain("ix_announcements_pinned_published_from_id");
        plan.ShouldNotContain("Sort");
        await system.ExecuteAsync("UPDATE organization.announcements SET status = 'withdrawn' WHERE title = 'x' AND body = 'x'");
    }

    private static object Draft(string audience = "both", string reach = "projects", string[]? projects = null, string title = "停水通知") =>
        new { audience, reach, projects = projects ?? ["demo"], title, body = "周六清洗水箱" };

    private async Task<Guid> PublishAsync(object draft, Instant? from = null, Instant? until = null, Api? by = null)
    {
        var api = by ?? system.Admin;
        var id = (await api.PostAsync(All, draft)).Is(201).Id;
        (await api.PostAsync($"{All}/{id}/publication", new { from, until })).Is(200);
        return id;
    }

    private Task<Reply> CorrectAsync(Guid id, string body, string correction, Api? by = null) => (by ?? system.Admin).PostAsync($"{All}/{id}/correction", new { title = "停水通知", body, correction });

    private static Task<Reply> EditAsync(Api api, Guid id, object body, string? ifMatch) => api.SendAsync(HttpMethod.Put, $"{All}/{id}", body, ifMatch: ifMatch);

    /// <summary>Does it while somebody holds the announcement's row: the sweeps pass it over.</summary>
    private async Task WhileHeldAsync(Guid id, Func<Task> act)
    {
        await using var connection = await system.OpenSuperuserAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new Npgsql.NpgsqlCommand($"SELECT 1 FROM organization.announcements WHERE id = '{id}' FOR UPDATE", connection, transaction);
        await command.ExecuteScalarAsync();
        await act();
        await transaction.RollbackAsync();
    }

    private async Task<string> PlanAsync(string query)
    {
        await using var connection = await system.OpenSuperuserAsync();
        await using var command = new Npgsql.NpgsqlCommand($"EXPLAIN {query}", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync()) plan.Add(reader.GetString(0));
        return string.Join('\n', plan);
    }

    /// <summary>Turns the clock for all hosts, and lets them notice by themselves.</summary>
    private Task TurnAsync(Instant now) => system.ExecuteAsync($"UPDATE platform.test_clock SET now = '{ClocksSystem.Write(now)}'");

    private static async Task<bool> ListedAsync(Api api, Guid id) => (await IdsAsync(api, "")).Contains(id);

    private static async Task<IReadOnlyList<Guid>> IdsAsync(Api api, string filter) => [.. (await api.ListAsync($"{All}?{filter.TrimStart('&')}", limit: 200)).Select(a => a.GetProperty("id").GetGuid())];

    private static async Task<int> UnreadAsync(Api api) => (await api.GetAsync($"{All}/unread-count")).Is(200).Json.GetProperty("unread").GetInt32();

    private async Task<(int Edition, int Read, int Unread)> CountAsync(Guid id)
    {
        var count = (await system.Admin.GetAsync($"{All}/{id}/readers/count")).Is(200).Json;
        return (count.GetProperty("edition").GetInt32(), count.GetProperty("read").GetInt32(), count.GetProperty("unread").GetInt32());
    }

    private async Task<IReadOnlyList<string>> ReadersAsync(Guid id, string filter) =>
        [.. (await system.Admin.ListAsync($"{All}/{id}/readers?{filter}", limit: 3)).Select(r => r.GetProperty("staff").GetString()!)];

    private Task<DateTime> ReadAtAsync(Guid id, string staff) => system.ScalarAsync<DateTime>("SELECT read_at FROM organization.announcement_reads WHERE announcement_id = $1 AND staff = $2", id, staff);

    /// <summary>Waits until exactly these have the notice, each once.</summary>
    private async Task ToldAsync(Guid id, string what, string[] people)
    {
        string[] told = [];
        await Eventually.BecomesAsync(async () => told = await system.ScalarAsync<string[]>(
            "SELECT coalesce(array_agg(staff ORDER BY staff COLLATE \"C\"), '{}') FROM organization.notifications WHERE subject_id = $1 AND kind = $2", id, $"organization.announcement-{what}"), found => found.Length >= people.Length, $"{what} is told");
        told.ShouldBe(people);
    }
}
