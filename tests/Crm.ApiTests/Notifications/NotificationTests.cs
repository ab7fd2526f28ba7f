using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using NodaTime;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-11: the inbox: who is told of what, in which words, and how it is acknowledged.</summary>
[Trait("Rule", "ORG-11")]
public sealed class NotificationTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    private const string Inbox = "/api/v1/notifications";

    [Fact]
    [Trait("Rule", "CMP-18")]
    public async Task A_breach_is_told_to_whoever_has_the_case_and_to_one_above_and_not_before_it()
    {
        var morning = await system.MorningAsync();
        var id = await AcceptedByOfficerAsync();
        await system.SetAsync(morning + Duration.FromHours(24));
        (await ToldAsync("demo.officer", id, 1)).ShouldBe(["complaints.clock-warned"]);
        await system.SetAsync(morning + Duration.FromHours(24) + ClocksSystem.Microsecond);
        (await ToldAsync("demo.officer", id, 2)).ShouldBe(["complaints.clock-warned", "complaints.clock-breached"]);
        (await ToldAsync("demo.manager", id, 1)).ShouldBe(["complaints.clock-breached"]);
        (await ToldAsync("demo.head", id, 0)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Rule", "CMP-13")]
    public async Task A_major_complaint_is_told_to_the_area_manager_at_once_and_a_report_that_is_missed_to_the_head()
    {
        var morning = await system.MorningAsync();
        var (minor, major) = (await system.RegisterAsync(), await system.RegisterAsync(major: true));
        await system.Admin.SettleAsync();
        (await ToldAsync("demo.manager", major, 1)).ShouldBe(["complaints.major-registered"]);
        (await ToldAsync("demo.manager", minor, 0)).ShouldBeEmpty();
        await system.SetAsync(morning + Duration.FromMinutes(10));
        (await ToldAsync("demo.head", major, 0)).ShouldBeEmpty();
        // Nobody has accepted it: what is for whoever has the case goes to the service desk.
        (await ToldAsync("demo.desk", major, 1)).ShouldBe(["complaints.clock-warned"]);
        await system.SetAsync(morning + Duration.FromMinutes(10) + ClocksSystem.Microsecond);
        (await ToldAsync("demo.head", major, 1)).ShouldBe(["complaints.clock-breached"]);
    }

    [Fact]
    [Trait("Rule", "CMP-13")]
    public async Task Made_major_by_hand_or_reopened_it_is_told_to_the_area_manager_as_well()
    {
        await system.MorningAsync();
        var id = await AcceptedByOfficerAsync();
        (await system.Admin.ActAsync(id, "severity", new { severity = "major", reason = "客户提出赔偿要求" })).Is(200);
        await system.Admin.SettleAsync();
        (await ToldAsync("demo.manager", id, 1)).ShouldBe(["complaints.raised-to-major"]);
        (await ToldAsync("demo.officer", id, 1)).ShouldBe(["complaints.raised-to-major"]);
        await system.DoAsync(id, "resolution");
        (await system.Admin.ActAsync(id, "reopening", new { reason = "又停运" })).Is(200);
        await system.Admin.SettleAsync();
        (await ToldAsync("demo.manager", id, 2)).ShouldBe(["complaints.raised-to-major", "complaints.major-reopened"]);
        (await ToldAsync("demo.officer", id, 2)).ShouldBe(["complaints.raised-to-major", "complaints.reopened"]);
    }

    [Fact]
    [Trait("Rule", "FUP-10")]
    public async Task A_follow_up_is_told_to_its_assignee_and_a_bad_outcome_to_the_head_and_to_whoever_had_the_case()
    {
        await system.MorningAsync();
        var id = await AcceptedByOfficerAsync();
        await system.DoAsync(id, "resolution");
        await system.Admin.SettleAsync();
        var followUp = (await system.Admin.ListAsync($"/api/v1/follow-ups?origin={id}")).ShouldHaveSingleItem();
        var (visit, assignee) = (followUp.GetProperty("id").GetGuid(), followUp.GetProperty("assignee").GetString()!);
        (await ToldAsync(assignee, visit, 1)).ShouldBe(["followups.planned"]);
        await system.Admin.AdvanceAsync("PT18H");
        (await ToldAsync(assignee, visit, 2)).ShouldBe(["followups.planned", "followups.due-soon"]);
        await system.Admin.AdvanceAsync("PT7H");
        (await ToldAsync(assignee, visit, 3)).ShouldBe(["followups.planned", "followups.due-soon", "followups.overdue"]);
        (await ToldAsync("demo.manager", visit, 1)).ShouldBe(["followups.overdue"]);
        (await system.Admin.PostAsync($"/api/v1/follow-ups/{visit}/outcome", new { channel = "phone", reached = true, satisfaction = 1 })).Is(200);
        await system.Admin.SettleAsync();
        (await ToldAsync("demo.head", visit, 1)).ShouldBe(["followups.dissatisfied"]);
        (await ToldAsync("demo.officer", id, 1)).ShouldBe(["complaints.reopened"]);
    }

    [Fact]
    public async Task An_event_that_is_delivered_again_doubles_nothing()
    {
        await system.MorningAsync();
        var major = await system.RegisterAsync(major: true);
        await system.Admin.SettleAsync();
        (await ToldAsync("demo.manager", major, 1)).Length.ShouldBe(1);
        await system.ExecuteAsync($"""
            INSERT INTO complaints.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts)
            SELECT gen_random_uuid(), id, 'organization', aggregate_id, sequence, 0 FROM complaints.outbox_events WHERE aggregate_id = '{major}' AND type = 'CaseRegistered'
            """);
        await system.Admin.SettleAsync();
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.outbox_deliveries WHERE aggregate_id = $1", major)).ShouldBe(0);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.notifications WHERE subject_id = $1", major)).ShouldBe(1);
    }

    [Fact]
    public async Task What_nobody_is_told_of_costs_no_delivery()
    {
        await system.MorningAsync();
        // Nor does anybody become known by it: it left no phone (ORG-16).
        var minor = (await system.Admin.RegisterAsync(Api.Complaint(("customer", new { name = "李女士" })))).Is(201).Id;
        await system.Admin.SettleAsync();
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.inbox i JOIN complaints.outbox_events e ON e.id = i.event_id WHERE e.aggregate_id = $1", minor)).ShouldBe(0);
    }

    [Fact]
    public async Task One_is_acknowledged_or_all_up_to_one_and_only_ones_own()
    {
        await system.MorningAsync();
        var manager = await system.SignInAsync("demo.manager");
        await ReadAllAsync(manager);
        var cases = new[] { await system.RegisterAsync(major: true), await system.RegisterAsync(major: true), await system.RegisterAsync(major: true) };
        await system.Admin.SettleAsync();
        var listed = await Eventually.BecomesAsync(() => manager.ListAsync($"{Inbox}?unread=true", limit: 2), n => n.Count == 3, "three are told");
        listed.Select(n => n.GetProperty("subjectId").GetGuid()).ShouldBe(cases.Reverse(), "newest first");
        (await UnreadAsync(manager)).ShouldBe(3);

        var (newest, middle) = (listed[0].GetProperty("id").GetGuid(), listed[1].GetProperty("position").GetString());
        (await (await system.SignInAsync("demo.officer")).PostAsync($"{Inbox}/{newest}/acknowledgement")).Is(404);
        (await UnreadAsync(manager)).ShouldBe(3);
        (await manager.PostAsync($"{Inbox}/{newest}/acknowledgement")).Is(204);
        var acknowledged = await system.ScalarAsync<DateTime>("SELECT acknowledged_at FROM organization.notifications WHERE id = $1", newest);
        await system.Admin.AdvanceAsync("PT1S");
        (await manager.PostAsync($"{Inbox}/{newest}/acknowledgement")).Is(204);
        (await system.ScalarAsync<DateTime>("SELECT acknowledged_at FROM organization.notifications WHERE id = $1", newest)).ShouldBe(acknowledged, "once more changes nothing");
        (await UnreadAsync(manager)).ShouldBe(2);
        (await (await system.SignInAsync("demo.officer")).PostAsync($"{Inbox}/acknowledgement", new { upTo = middle })).Is(200);
        (await UnreadAsync(manager)).ShouldBe(2, "somebody else's word changes nothing");

        var late = await system.RegisterAsync(major: true);
        await system.Admin.SettleAsync();
        await Eventually.BecomesAsync(() => UnreadAsync(manager), unread => unread == 3, "a fourth is told");
        (await manager.PostAsync($"{Inbox}/acknowledgement", new { upTo = middle })).Is(200).Json.GetProperty("acknowledged").GetInt32().ShouldBe(2);
        (await manager.ListAsync($"{Inbox}?unread=true")).ShouldHaveSingleItem().GetProperty("subjectId").GetGuid().ShouldBe(late, "what came afterwards stays unread");
        (await manager.ListAsync($"{Inbox}?unread=false")).ShouldContain(n => n.GetProperty("id").GetGuid() == newest);
        foreach (var nothing in new[] { "", "x", "-1", "1.5", "99999999999999999999" }) (await manager.PostAsync($"{Inbox}/acknowledgement", new { upTo = nothing })).Is(400).Error("upTo").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_text_is_in_the_language_asked_for_at_the_time_of_reading()
    {
        await system.MorningAsync();
        var manager = await system.SignInAsync("demo.manager");
        var major = await system.RegisterAsync(major: true);
        await system.Admin.SettleAsync();
        await ToldAsync("demo.manager", major, 1);
        async Task<string> TextAsync(string language) => (await manager.SendAsync(HttpMethod.Get, $"{Inbox}?limit=1", body: null, language: language)).Is(200).Json.GetProperty("items")[0].GetProperty("text").GetString()!;
        (await TextAsync("en")).ShouldContain("was registered. Report it to the head.");
        (await TextAsync("zh-CN")).ShouldContain("请立即上报负责人");
    }

    [Fact]
    public async Task A_machine_has_no_inbox()
    {
        await system.MorningAsync();
        var key = (await system.Admin.PostAsync("/api/v1/api-keys", new { name = "machine", permissions = new[] { "organization.receive-notices" }, project = "demo" })).Is(201).Text("key");
        foreach (var path in new[] { Inbox, $"{Inbox}/unread-count", $"{Inbox}/preferences", $"{Inbox}/stream" }) (await system.Host.Machine(key).GetAsync(path)).Is(404);
    }

    [Fact]
    public async Task In_quiet_hours_only_what_policy_calls_urgent_makes_a_sound()
    {
        var morning = await system.MorningAsync();
        var officer = await system.SignInAsync("demo.officer");
        await PreferAsync(officer, new { language = "zh", timeZone = "Asia/Shanghai", quietHours = new { from = "09:00", to = "11:00" }, kinds = Array.Empty<object>() });
        var id = await AcceptedByOfficerAsync();
        await system.SetAsync(morning + Duration.FromHours(24) + ClocksSystem.Microsecond);
        // 18 hours later it is four in the morning; 24 hours later it is ten again.
        await ToldAsync("demo.officer", id, 2);
        (await OneAsync(officer, id, "complaints.clock-warned")).GetProperty("quiet").GetBoolean().ShouldBeFalse();
        var breach = await OneAsync(officer, id, "complaints.clock-breached");
        (breach.GetProperty("urgent").GetBoolean(), breach.GetProperty("quiet").GetBoolean()).ShouldBe((true, false), "a breach is urgent by default");

        (await system.Admin.PostAsync("/api/v1/policies", new { project = "demo", name = "notifications.urgent", value = Array.Empty<string>(), reason = "夜间不打扰" })).Is(201);
        morning = await system.MorningAsync();
        id = await AcceptedByOfficerAsync();
        await system.SetAsync(morning + Duration.FromHours(24) + ClocksSystem.Microsecond);
        await ToldAsync("demo.officer", id, 2);
        breach = await OneAsync(officer, id, "complaints.clock-breached");
        (breach.GetProperty("urgent").GetBoolean(), breach.GetProperty("quiet").GetBoolean()).ShouldBe((false, true), "the project's own policy says that nothing is");
        (await system.Admin.PostAsync("/api/v1/policies", new { project = "demo", name = "notifications.urgent", value = new[] { "complaints.nonsense" }, reason = "x" })).Is(400);
        await PreferAsync(officer, new { language = "zh", kinds = Array.Empty<object>() });
    }

    [Fact]
    public async Task Preferences_are_ones_own_and_not_overwritten_unseen()
    {
        await system.MorningAsync();
        var desk = await system.SignInAsync("demo.desk");
        var before = (await desk.GetAsync($"{Inbox}/preferences")).Is(200);
        (before.ETag, before.Text("language"), before.Json.GetProperty("quietHours").ValueKind).ShouldBe(("\"0\"", "zh", JsonValueKind.Null));
        var kinds = before.Json.GetProperty("kinds").EnumerateArray().ToDictionary(k => k.GetProperty("kind").GetString()!, k => k.GetProperty("channels").EnumerateArray().Select(c => c.GetString()).ToArray());
        kinds["complaints.clock-breached"].ShouldBe(["screen", "email"]);
        kinds["complaints.clock-warned"].ShouldBe(["screen"]);

        var wanted = new { language = "en", quietHours = new { from = "22:00", to = "07:30" }, kinds = new[] { new { kind = "complaints.clock-breached", channels = new[] { "email" } } } };
        (await desk.SendAsync(HttpMethod.Put, $"{Inbox}/preferences", wanted)).Is(428);
        (await desk.SendAsync(HttpMethod.Put, $"{Inbox}/preferences", wanted, ifMatch: "\"7\"")).Is(412);
        var set = (await desk.SendAsync(HttpMethod.Put, $"{Inbox}/preferences", wanted, ifMatch: "\"0\"")).Is(200);
        set.ETag.ShouldBe("\"1\"");
        var read = (await desk.GetAsync($"{Inbox}/preferences")).Is(200);
        read.Content.ShouldBe(set.Content);
        read.Json.GetProperty("quietHours").GetProperty("to").GetString().ShouldBe("07:30");
        read.Json.GetProperty("kinds").EnumerateArray().Single(k => k.GetProperty("kind").GetString() == "complaints.clock-breached").GetProperty("channels").EnumerateArray().Select(c => c.GetString()).ShouldBe(["email"]);
        (await (await system.SignInAsync("demo.head")).GetAsync($"{Inbox}/preferences")).Is(200).ETag.ShouldBe("\"0\"");

        foreach (var (field, body) in new (string, object)[]
                 {
                     ("kinds", new { language = "en", kinds = new[] { new { kind = "nonsense", channels = new[] { "email" } } } }), ("kinds", new { language = "en", kinds = new[] { wanted.kinds[0], wanted.kinds[0] } }),
                     ("kinds", new { language = "en", kinds = new[] { new { kind = "complaints.clock-breached", channels = new[] { "email", "email" } } } }),
                     ("timeZone", new { language = "en", timeZone = "Moon/Sea", kinds = wanted.kinds }), ("quietHours", new { language = "en", quietHours = new { from = "25:00", to = "07:00" }, kinds = wanted.kinds }),
                 })
            (await desk.SendAsync(HttpMethod.Put, $"{Inbox}/preferences", body, ifMatch: "\"1\"")).Is(400).Error(field).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_count_and_the_list_walk_along_their_indexes()
    {
        await system.MorningAsync();
        await system.ExecuteAsync("""
            INSERT INTO organization.notifications (id, event_id, kind, staff, subject_kind, subject_id, facts, urgent, quiet, on_screen, occurred_at, told_at, number, acknowledged_at)
            SELECT gen_random_uuid(), gen_random_uuid(), 'complaints.reopened', CASE WHEN n % 50 = 0 THEN 'harbour.desk' ELSE 'harbour.officer' END, 'complaint', gen_random_uuid(), '{}', false, false, true, now(), now(),
                   nextval('organization.notification_numbers'), CASE WHEN n % 100 > 0 THEN now() END
            FROM generate_series(1, 20000) AS n;
            ANALYZE organization.notifications
            """);
        (await PlanAsync("SELECT count(*) FROM organization.notifications WHERE staff = 'harbour.desk' AND number IS NOT NULL AND acknowledged_at IS NULL")).ShouldContain("ix_notifications_unread");
        (await PlanAsync("SELECT * FROM organization.notifications WHERE staff = 'harbour.desk' AND number IS NOT NULL AND acknowledged_at IS NULL AND number < 15000 ORDER BY number DESC LIMIT 51")).ShouldContain("ix_notifications_unread");
        var list = await PlanAsync("SELECT * FROM organization.notifications WHERE staff = 'harbour.desk' AND number IS NOT NULL AND number < 15000 ORDER BY number DESC LIMIT 51");
        list.ShouldContain("ix_notifications_staff_number");
        list.ShouldNotContain("Sort");
        (await PlanAsync("SELECT EXISTS (SELECT FROM organization.notifications WHERE number IS NULL)")).ShouldContain("ix_notifications_number");
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

    private async Task<Guid> AcceptedByOfficerAsync()
    {
        var id = await system.RegisterAsync();
        (await (await system.SignInAsync("demo.officer")).ActAsync(id, "acceptance")).Is(200);
        return id;
    }

    /// <summary>The kinds of notice somebody has about a record, oldest first, once there are so many.</summary>
    private async Task<string?[]> ToldAsync(string staff, Guid subject, int expected)
    {
        var api = await system.SignInAsync(staff);
        var told = await Eventually.BecomesAsync(
            async () => (await api.ListAsync(Inbox)).Where(n => n.GetProperty("subjectId").GetGuid() == subject).Reverse().Select(n => n.GetProperty("kind").GetString()).ToArray(),
            told => told.Length >= expected, $"{staff} is told {expected} times");
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.notifications WHERE staff = $1 AND subject_id = $2", staff, subject)).ShouldBe(expected);
        return told;
    }

    private static async Task<JsonElement> OneAsync(Api api, Guid subject, string kind) =>
        (await api.ListAsync(Inbox)).Single(n => n.GetProperty("subjectId").GetGuid() == subject && n.GetProperty("kind").GetString() == kind);

    private static async Task<int> UnreadAsync(Api api) => (await api.GetAsync($"{Inbox}/unread-count")).Is(200).Json.GetProperty("unread").GetInt32();

    private async Task ReadAllAsync(Api api)
    {
        // What the clock has rung on the way to this morning is all written by now, but perhaps not yet numbered.
        await Eventually.BecomesAsync(() => system.ScalarAsync<long>("SELECT count(*) FROM organization.notifications WHERE number IS NULL"), left => left == 0, "all are numbered");
        if ((await api.GetAsync($"{Inbox}?limit=1")).Is(200).Json.GetProperty("items") is { } items && items.GetArrayLength() > 0)
            (await api.PostAsync($"{Inbox}/acknowledgement", new { upTo = items[0].GetProperty("position").GetString() })).Is(200);
    }

    private static async Task PreferAsync(Api api, object preferences) =>
        (await api.SendAsync(HttpMethod.Put, $"{Inbox}/preferences", preferences, ifMatch: (await api.GetAsync($"{Inbox}/preferences")).ETag)).Is(200);
}
