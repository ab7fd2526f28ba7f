using Crm.ApiTests.Infrastructure;
using Crm.Organization.Contracts;
using Crm.Shared.Failures;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-13: the register of violations over HTTP.</summary>
[Trait("Rule", "ORG-13")]
public sealed class ViolationApiTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    private const string Path = "/api/v1/violations", Kinds = "/api/v1/violation-kinds";
    private static int people;

    [Fact]
    public async Task The_sanction_follows_from_the_offences_number_and_a_new_version_of_the_kind_counts_from_then_on()
    {
        var (_, manager, staff) = (await system.MorningAsync(), await system.SignInAsync("demo.manager"), await AppointAsync());
        var kind = await DefineAsync(windowMonths: 12);
        foreach (var (number, measure) in new[] { (1, "verbalWarning"), (2, "fine"), (3, "rotationRemoval"), (4, "rotationRemoval") })
        {
            var recorded = await RecordAsync(manager, staff, kind);
            recorded.Json.GetProperty("offence").GetInt32().ShouldBe(number);
            recorded.Json.GetProperty("sanctions")[0].GetProperty("measure").GetString().ShouldBe(measure);
        }

        (await system.Admin.SendAsync(HttpMethod.Put, $"{Kinds}/{kind}", Terms(null, "writtenWarning"), ifMatch: null)).Is(428);
        (await system.Admin.SendAsync(HttpMethod.Put, $"{Kinds}/{kind}", Terms(null, "writtenWarning"), ifMatch: "\"1\"")).Is(200).ETag.ShouldBe("\"2\"");
        (await system.Admin.SendAsync(HttpMethod.Put, $"{Kinds}/{kind}", Terms(null, "writtenWarning"), ifMatch: "\"1\"")).Is(412);
        var fifth = await RecordAsync(manager, staff, kind);
        fifth.Json.GetProperty("sanctions")[0].GetProperty("measure").GetString().ShouldBe("writtenWarning");
        var listed = await manager.ListAsync($"{Path}?staff={staff}&kind={kind}", limit: 2);
        listed.Select(v => (v.GetProperty("offence").GetInt32(), v.GetProperty("kindVersion").GetInt32())).ShouldBe([(5, 2), (4, 1), (3, 1), (2, 1), (1, 1)]);
        (await manager.ListAsync($"{Kinds}/versions?code={kind}", limit: 1)).Select(v => v.GetProperty("terms").GetProperty("version").GetInt32()).ShouldBe([2, 1]);
        (await system.Admin.PostAsync(Kinds, new { code = kind, titleEn = "x", titleZh = "x", meaning = "x", reason = "x", ladder = new[] { new { sanctions = new[] { new { measure = "verbalWarning" } } } } })).Is(409).Text("rule").ShouldBe("ORG-13");
    }

    [Fact]
    public async Task A_key_decides_about_nobody()
    {
        var (_, manager, staff) = (await system.MorningAsync(), await system.SignInAsync("demo.manager"), await AppointAsync());
        var recorded = await RecordAsync(manager, staff, await DefineAsync(windowMonths: null));
        var machine = system.Host.Machine((await system.Admin.PostAsync("/api/v1/api-keys", new { name = "manager's", permissions = new[] { "organization.decide-violations" }, project = "demo" })).Is(201).Text("key"));
        (await machine.PostAsync($"{Path}/{recorded.Id}/decision", new { decision = "overturned", reason = "x" })).Is(409).Text("rule").ShouldBe("ORG-13");
    }

    [Fact]
    public async Task Offences_outside_the_window_do_not_count()
    {
        var (morning, shanghai) = (await system.MorningAsync(), DateTimeZoneProviders.Tzdb["Asia/Shanghai"]);
        // Not every month has a 29th: six months back and six months on would not come to the same day.
        while (morning.InZone(shanghai).Day > 28) morning = await system.MorningAsync();
        var (manager, staff, kind) = (await system.SignInAsync("demo.manager"), await AppointAsync(), await DefineAsync(windowMonths: 6));
        var months = morning.InZone(shanghai).LocalDateTime.PlusMonths(-6).InZoneStrictly(shanghai).ToInstant();
        (await RecordAsync(manager, staff, kind, months - ClocksSystem.Microsecond)).Json.GetProperty("offence").GetInt32().ShouldBe(1);
        (await RecordAsync(manager, staff, kind, morning)).Json.GetProperty("offence").GetInt32().ShouldBe(1);
        (await RecordAsync(manager, staff, kind, months)).Json.GetProperty("offence").GetInt32().ShouldBe(3);
        (await RecordAsync(manager, staff, kind, morning, status: 400, by: ClocksSystem.Microsecond)).Error("occurredAt").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Recorded_at_once_by_many_at_two_hosts_each_gets_the_next_number()
    {
        await system.MorningAsync();
        const int clients = 16;
        var (kind, staff, other) = (await DefineAsync(windowMonths: null), await AppointAsync(), await system.StartHostAsync());
        var crowd = await Crowd.SignInAsync(clients, "demo.manager", system.Host, other);
        await Eventually.BecomesAsync(() => crowd[1].GetAsync($"{Kinds}?limit=200"), a => a.Content.Contains(kind, StringComparison.Ordinal), "the other host is ready");
        for (var round = 0; round < 3; round++)
        {
            var answers = await Crowd.AtOnceAsync(crowd.Select(api => (Func<Task<Reply>>)(() => RecordAsync(api, staff, kind))));
            answers.Select(a => a.Json.GetProperty("offence").GetInt32()).Order().ShouldBe(Enumerable.Range(round * clients + 1, clients));
            answers.Count(a => a.Json.GetProperty("sanctions")[0].GetProperty("measure").GetString() == "verbalWarning").ShouldBe(round == 0 ? 1 : 0);
        }
    }

    [Fact]
    public async Task The_person_is_told_sees_their_own_and_appeals_in_time_and_somebody_else_decides()
    {
        var (morning, manager, staff) = (await system.MorningAsync(), await system.SignInAsync("demo.manager"), await AppointAsync());
        var (person, head, kind) = (await system.SignInAsync(staff), await system.SignInAsync("demo.head"), await DefineAsync(windowMonths: null));
        var (first, second) = (await RecordAsync(manager, staff, kind), await RecordAsync(manager, staff, kind));
        (await ToldAsync(person, 2)).ShouldAllBe(text => text.Contains(kind, StringComparison.Ordinal));
        (await person.ListAsync($"{Path}/own", limit: 1)).Select(v => v.GetProperty("id").GetGuid()).ShouldBe([second.Id, first.Id]);
        (await person.GetAsync($"{Path}/own/{first.Id}")).Is(200).Text("facts").ShouldBe("迟到 10 分钟");
        (await (await system.SignInAsync("demo.officer")).GetAsync($"{Path}/own/{first.Id}")).Is(404);
        (await person.GetAsync($"{Path}/{first.Id}")).Is(403);
        (await (await system.SignInAsync("harbour.officer")).GetAsync($"{Path}/{first.Id}")).Is(404);

        // Five working days: to the last microsecond of the Monday after.
        var until = ClockSeen.At(first.Json, "appealableUntil")!.Value;
        until.ShouldBeGreaterThan(morning + Duration.FromDays(5));
        await system.SetAsync(until);
        (await manager.PostAsync($"{Path}/{first.Id}/appeal", new { reason = "不属实" })).Is(404);
        (await person.PostAsync($"{Path}/{first.Id}/appeal", new { reason = "不属实" })).Is(200).Text("state").ShouldBe("appealed");
        await Eventually.BecomesAsync(() => manager.ListAsync("/api/v1/notifications"), told => told.Any(n => n.GetProperty("subjectId").GetGuid() == first.Id), "who recorded it is told of the appeal");
        await system.SetAsync(until + ClocksSystem.Microsecond);
        (await person.PostAsync($"{Path}/{second.Id}/appeal", new { reason = "不属实" })).Is(409).Text("rule").ShouldBe("ORG-13");
        (await manager.PostAsync($"{Path}/{first.Id}/decision", new { decision = "upheld", reason = "属实" })).Is(409).Text("rule").ShouldBe("ORG-13");
        (await head.PostAsync($"{Path}/{second.Id}/decision", new { decision = "upheld", reason = "属实" })).Is(409).Json.GetProperty("allowed")[0].GetString().ShouldBe("overturned");
        (await head.PostAsync($"{Path}/{first.Id}/decision", new { decision = "overturned", reason = "当日已请假" })).Is(200).Text("state").ShouldBe("overturned");
        (await head.PostAsync($"{Path}/{first.Id}/decision", new { decision = "upheld", reason = "属实" })).Is(409);

        // The second is the first now, with the lesser sanction, and says that it was not.
        var counted = (await person.GetAsync($"{Path}/own/{second.Id}")).Is(200).Json;
        counted.GetProperty("violation").GetProperty("offence").GetInt32().ShouldBe(1);
        counted.GetProperty("violation").GetProperty("sanctions")[0].GetProperty("measure").GetString().ShouldBe("verbalWarning");
        counted.GetProperty("steps").EnumerateArray().Select(s => (s.GetProperty("kind").GetString(), s.GetProperty("offence").GetInt32())).ShouldBe([("recorded", 2), ("recounted", 1)]);
        (await person.GetAsync($"{Path}/own/{first.Id}")).Is(200).Json.GetProperty("steps").EnumerateArray().Last().GetProperty("reason").GetString().ShouldBe("当日已请假");
        (await RecordAsync(manager, staff, kind)).Json.GetProperty("offence").GetInt32().ShouldBe(2);
        await ToldAsync(person, 5);
    }

    [Fact]
    public async Task An_appeal_and_a_decision_at_once_come_one_after_the_other()
    {
        await system.MorningAsync();
        var (manager, head, kind) = (await system.SignInAsync("demo.manager"), await system.SignInAsync("demo.head"), await DefineAsync(windowMonths: null));
        for (var round = 0; round < 5; round++)
        {
            var staff = await AppointAsync();
            var (person, recorded) = (await system.SignInAsync(staff), await RecordAsync(manager, staff, kind));
            await RecordAsync(manager, staff, kind);
            var answers = await Crowd.AtOnceAsync<Reply>([
                () => person.PostAsync($"{Path}/{recorded.Id}/appeal", new { reason = "不属实" }),
                () => head.PostAsync($"{Path}/{recorded.Id}/decision", new { decision = "overturned", reason = "误记" }),
                () => system.Admin.PostAsync($"{Path}/{recorded.Id}/decision", new { decision = "overturned", reason = "误记" }),
                () => RecordAsync(manager, staff, kind)]);
            answers.Skip(1).Take(2).Select(a => (int)a.Status).Order().ShouldBe([200, 409]);
            ((int)answers[0].Status).ShouldBeOneOf(200, 409);
            (await manager.ListAsync($"{Path}?staff={staff}")).Select(v => (v.GetProperty("state").GetString(), v.GetProperty("offence").GetInt32())).ShouldBe([("recorded", 2), ("recorded", 1), ("overturned", 1)]);
        }
    }

    [Fact]
    [Trait("Rule", "LEA-08")]
    public async Task A_module_records_a_finding_once_however_often_and_from_however_many_hosts_it_reports_it()
    {
        var morning = await system.MorningAsync();
        var (staff, other) = (await AppointAsync(), await system.StartHostAsync());
        var report = new ViolationReport("leads", $"chain-{staff}", "LEA-08", staff, "demo", StandardViolations.RecordTampering, morning, "跟进记录与链不符", "leads.verify:17");
        var ids = await Crowd.AtOnceAsync(new[] { system.Host, other, system.Host, other, system.Host, other }.Select(host => (Func<Task<Guid>>)(() => host.Services.GetRequiredService<ReportViolation>()(report, TestContext.Current.CancellationToken))));
        var id = ids.Distinct().ShouldHaveSingleItem();
        var first = (await system.Admin.GetAsync($"{Path}/{id}")).Is(200).Json;
        first.GetProperty("violation").GetProperty("recordedBy").GetString().ShouldBe("rule:LEA-08");
        first.GetProperty("violation").GetProperty("sanctions").EnumerateArray().Select(s => s.GetProperty("measure").GetString()).ShouldBe(["publicCriticism", "commissionForfeiture"]);
        var second = await system.Host.Services.GetRequiredService<ReportViolation>()(report with { Reference = $"chain-{staff}-2" }, TestContext.Current.CancellationToken);
        (await system.Admin.GetAsync($"{Path}/{second}")).Is(200).Json.GetProperty("violation").GetProperty("sanctions")[0].GetProperty("measure").GetString().ShouldBe("dismissalProposed");
        await Should.ThrowAsync<NotFound>(() => system.Host.Services.GetRequiredService<ReportViolation>()(report with { Reference = "x", Kind = "unknown" }, TestContext.Current.CancellationToken));
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.audit_entries WHERE actor = 'rule:LEA-08' AND subject_id = $1", id.ToString())).ShouldBeGreaterThanOrEqualTo(1);
    }

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""[{"sanctions":[]}]""")]
    [InlineData("""[{"sanctions":[{"measure":"fine"}]}]""")]
    [InlineData("""[{"sanctions":[{"measure":"verbalWarning","amount":1}]}]""")]
    [InlineData("""[{"sanctions":[{"measure":"fine","amount":1},{"measure":"fine","amount":2}]}]""")]
    [InlineData("""[{"sanctions":[null]}]""")]
    public async Task A_ladder_that_is_none_is_refused(string ladder) =>
        (await system.Admin.PostAsync(Kinds, $$"""{"code":"broken","titleEn":"x","titleZh":"x","meaning":"x","reason":"x","ladder":{{ladder}}}""")).Is(400).Error("ladder").ShouldNotBeEmpty();

    [Fact]
    public async Task A_violation_is_recorded_against_somebody_of_the_project_and_of_a_kind_there_is()
    {
        var (_, manager) = (await system.MorningAsync(), await system.SignInAsync("demo.manager"));
        (await manager.PostAsync(Path, Body("harbour.officer", "record-tampering"))).Is(404).Error("staff").ShouldNotBeEmpty();
        (await manager.PostAsync(Path, Body("nobody", "record-tampering"))).Is(404).Error("staff").ShouldNotBeEmpty();
        (await manager.PostAsync(Path, Body("demo.officer", "no-such-kind"))).Is(404).Error("kind").ShouldNotBeEmpty();
        (await (await system.SignInAsync("demo.officer")).PostAsync(Path, Body("demo.officer", "record-tampering"))).Is(403);
        (await (await system.SignInAsync("harbour.officer")).PostAsync(Path, Body("demo.officer", "record-tampering"))).Is(404);
        (await manager.PostAsync(Kinds, new { })).Is(403);
    }

    private static object Body(string staff, string kind) => new { project = "demo", staff, kind, occurredAt = "2026-01-05T02:00:00Z", facts = "迟到 10 分钟" };

    private static object Terms(int? windowMonths, params string[] measures) =>
        new { titleEn = "Lateness", titleZh = "迟到", meaning = "晚到", reason = "制度", windowMonths, ladder = measures.Select(measure => new { sanctions = new[] { new { measure } } }) };

    /// <summary>A kind of its own: a warning, a fine, then days without rotation.</summary>
    private async Task<string> DefineAsync(int? windowMonths)
    {
        var code = $"lateness-{Interlocked.Increment(ref people)}";
        object[] ladder = [new { sanctions = new object[] { new { measure = "verbalWarning" } } }, new { sanctions = new object[] { new { measure = "fine", amount = 50 }, new { measure = "pointsDeduction", amount = 2 } } }, new { sanctions = new object[] { new { measure = "rotationRemoval", amount = 3 } } }];
        (await system.Admin.PostAsync(Kinds, new { code, titleEn = "Lateness", titleZh = "迟到", meaning = "晚到", reason = "制度", windowMonths, ladder })).Is(201);
        return code;
    }

    /// <summary>Somebody new of the project.</summary>
    private async Task<string> AppointAsync()
    {
        var code = $"concerned.{Interlocked.Increment(ref people)}";
        (await system.Admin.PostAsync("/api/v1/staff", new { code, name = "当事人", subject = code })).Is(201);
        (await system.Admin.PostAsync($"/api/v1/staff/{code}/roles", new { role = "customerServiceOfficer", scope = "project", place = "demo" })).Is(201);
        return code;
    }

    private async Task<Reply> RecordAsync(Api api, string staff, string kind, Instant? at = null, int status = 201, Duration by = default) =>
        (await api.PostAsync(Path, new { project = "demo", staff, kind, occurredAt = (at ?? await system.NowAsync()) + by, facts = "迟到 10 分钟" })).Is(status);

    private static async Task<string[]> ToldAsync(Api person, int count) =>
        [.. (await Eventually.BecomesAsync(() => person.ListAsync("/api/v1/notifications"), told => told.Count == count, $"{count} are told")).Select(n => n.GetProperty("text").GetString()!)];
}
