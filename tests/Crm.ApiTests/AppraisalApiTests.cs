using Crm.ApiTests.Infrastructure;
using NodaTime;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-14: appraisals over HTTP, with figures from the modules.</summary>
[Trait("Rule", "ORG-14")]
public sealed class AppraisalApiTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    private const string Path = "/api/v1/appraisals", Forms = "/api/v1/appraisal-forms";
    private static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];
    private static int codes;

    [Fact]
    public async Task Draft_submitted_seen_confirmed_and_the_result_with_its_grade()
    {
        var (start, staff) = (await MonthAsync(), await AppointAsync());
        var (manager, head, person) = (await system.SignInAsync("demo.manager"), await system.SignInAsync("demo.head"), await system.SignInAsync(staff));
        var form = await DefineAsync(new { code = "attitude", titleEn = "Attitude", titleZh = "态度", weight = 70 }, new { code = "ability", titleEn = "Ability", titleZh = "能力", weight = 30 });
        var begun = (await BeginAsync(manager, staff, form, start)).Is(201);
        var path = begun.Location!;
        (await manager.PostAsync($"{path}/submission")).Is(409).Text("rule").ShouldBe("ORG-14");
        (await ScoreAsync(manager, path, "\"1\"", ("attitude", 95), ("ability", 80))).Is(200).ETag.ShouldBe("\"2\"");
        (await ScoreAsync(manager, path, "\"1\"", ("attitude", 0))).Is(412);
        (await ScoreAsync(head, path, "\"2\"", ("attitude", 0))).Is(409);
        (await person.GetAsync($"{Path}/own/{begun.Id}")).Is(404);
        (await person.ListAsync($"{Path}/own")).ShouldBeEmpty("a draft is the appraiser's");

        var submitted = (await manager.PostAsync($"{path}/submission")).Is(200).Json.GetProperty("result");
        (submitted.GetProperty("total").GetDecimal(), submitted.GetProperty("grade").GetString(), submitted.GetProperty("proposes").GetString()).ShouldBe((90.50m, "A", "reward"));
        await Eventually.BecomesAsync(() => person.ListAsync("/api/v1/notifications"), told => told.Any(n => n.GetProperty("subjectId").GetGuid() == begun.Id), "the person is told");
        (await head.PostAsync($"{path}/confirmation")).Is(409).Json.GetProperty("allowed")[0].GetString().ShouldBe("return");
        (await (await system.SignInAsync("demo.officer")).PostAsync($"{path}/acknowledgement", new { })).Is(404);
        (await person.PostAsync($"{path}/acknowledgement", new { comment = "同意" })).Is(200).Text("state").ShouldBe("seen");
        (await manager.PostAsync($"{path}/confirmation")).Is(409);
        (await head.PostAsync($"{path}/confirmation")).Is(200).Text("state").ShouldBe("confirmed");
        var own = (await person.GetAsync($"{Path}/own/{begun.Id}")).Is(200).Json;
        own.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("kind").GetString()).ShouldBe(["begun", "submitted", "seen", "confirmed"]);
        (own.GetProperty("comment").GetString(), own.GetProperty("confirmedBy").GetString()).ShouldBe(("同意", "demo.head"));
        (await (await system.SignInAsync("harbour.officer")).GetAsync(path)).Is(404);
        (await manager.ListAsync($"{Path}?project=demo&period=month&start={start:uuuu-MM-dd}&staff={staff}&state=confirmed", limit: 1)).ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(begun.Id);
        (await manager.ListAsync($"{Path}?staff={staff}&start={start.PlusMonths(1):uuuu-MM-dd}")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task What_an_appraiser_leaves_behind_is_ended_by_the_successor_and_a_key_appraises_nobody()
    {
        var (start, staff, leaver) = (await MonthAsync(), await AppointAsync(), await AppointAsync("areaManager"));
        var (heir, form) = ("demo.manager", await DefineAsync(new { code = "attitude", titleEn = "Attitude", titleZh = "态度", weight = 100 }));
        var path = (await BeginAsync(await system.SignInAsync(leaver), staff, form, start)).Is(201).Location!;
        var ofHeir = (await BeginAsync(await system.SignInAsync(leaver), heir, form, start)).Is(201).Location!;
        (await system.Admin.ListAsync($"/api/v1/staff/{leaver}/holdings")).Select(h => h.GetProperty("kind").GetString()).ShouldBe(["appraisal", "appraisal"]);
        (await system.Admin.PostAsync($"/api/v1/staff/{leaver}/departure", new { successor = heir, reason = "调离" })).Is(200);
        var manager = await system.SignInAsync(heir);
        var passed = await Eventually.BecomesAsync(() => manager.GetAsync(path), a => a.Is(200).Json.GetProperty("appraisal").GetProperty("appraiser").GetString() == heir, "the successor has it");
        passed.Json.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("kind").GetString()).ShouldBe(["begun", "passedOn"]);
        (await ScoreAsync(manager, path, passed.ETag!, ("attitude", 80))).Is(200);
        (await manager.PostAsync($"{path}/submission")).Is(200);
        // Nobody inherits their own.
        await Eventually.BecomesAsync(() => system.Admin.GetAsync(ofHeir), a => a.Is(200).Json.GetProperty("appraisal").GetProperty("appraiser").GetString() == "demo.desk", "the service desk has it");

        var key = (await system.Admin.PostAsync("/api/v1/api-keys", new { name = "manager's", permissions = new[] { "organization.appraise", "organization.confirm-appraisals" }, project = "demo" })).Is(201).Text("key");
        (await BeginAsync(system.Host.Machine(key), await AppointAsync(), form, start)).Is(409).Text("rule").ShouldBe("ORG-14");
        (await system.Host.Machine(key).PostAsync($"{path}/return", new { reason = "x" })).Is(409).Text("rule").ShouldBe("ORG-14");
    }

    [Fact]
    public async Task What_is_returned_is_submitted_anew_and_who_does_not_look_does_not_hold_it_up()
    {
        var (start, staff) = (await MonthAsync(), await AppointAsync());
        var (manager, head) = (await system.SignInAsync("demo.manager"), await system.SignInAsync("demo.head"));
        var path = (await BeginAsync(manager, staff, await DefineAsync(new { code = "attitude", titleEn = "Attitude", titleZh = "态度", weight = 100 }), start)).Is(201).Location!;
        (await ScoreAsync(manager, path, "\"1\"", ("attitude", 59))).Is(200);
        (await manager.PostAsync($"{path}/submission")).Is(200).Json.GetProperty("result").GetProperty("proposes").GetString().ShouldBe("training");
        (await manager.PostAsync($"{path}/return", new { reason = "重评" })).Is(409);
        (await head.PostAsync($"{path}/return", new { reason = "请补充依据" })).Is(200).Text("state").ShouldBe("draft");
        (await ScoreAsync(manager, path, (await manager.GetAsync(path)).ETag!, ("attitude", 60))).Is(200);
        (await manager.PostAsync($"{path}/submission")).Is(200).Json.GetProperty("result").GetProperty("grade").GetString().ShouldBe("C");
        var submitted = await system.NowAsync();
        // Five working days: with the last microsecond of the fifth.
        var until = (await system.Admin.PostAsync("/api/v1/calendar/working-days/addition", new { from = submitted.InZone(Zone).Date, days = 5 })).Is(200).Text("date");
        var last = NodaTime.Text.LocalDatePattern.Iso.Parse(until).GetValueOrThrow().PlusDays(1).AtStartOfDayInZone(Zone).ToInstant() - ClocksSystem.Microsecond;
        await system.SetAsync(last);
        (await head.PostAsync($"{path}/confirmation")).Is(409);
        await system.SetAsync(last + ClocksSystem.Microsecond);
        (await head.PostAsync($"{path}/confirmation")).Is(200).Text("state").ShouldBe("confirmed");
    }

    [Fact]
    public async Task Figures_are_counted_from_the_modules_and_frozen_when_it_is_submitted()
    {
        var start = await MonthAsync(ended: false);
        var (staff, manager) = (await AppointAsync(), await system.SignInAsync("demo.manager"));
        var officer = await system.SignInAsync(staff);
        // One resolved in time with satisfaction 4; one resolved after its feedback clock had run out, with satisfaction 1, which reopens it.
        await CallAsync(await ResolvedAsync(officer, wait: "PT1H"), satisfaction: 4);
        await CallAsync(await ResolvedAsync(officer, wait: "PT25H"), satisfaction: 1);
        (await manager.PostAsync("/api/v1/violations", new { project = "demo", staff, kind = await PointsKindAsync(3), occurredAt = await system.NowAsync(), facts = "迟到" })).Is(201);
        var form = await DefineAsync(
            Of("complaints.registered", 10, target: 4), Of("complaints.handled", 10, target: 4), Of("complaints.on-time", 20), Of("complaints.satisfied", 20), Of("followups.satisfaction", 20),
            Of("followups.on-time", 10), Of("organization.violation-points", 10));
        var path = (await BeginAsync(manager, staff, form, start)).Is(201).Location!;
        await EndAsync(start);
        var expected = new[]
        {
            ("complaints.registered", 2L, 1L, 50m), ("complaints.handled", 2, 1, 50m), ("complaints.satisfied", 1, 2, 50m), ("followups.satisfaction", 5, 10, 50m),
            // The officer received both cases, so the follow-ups were theirs to make, and were made in time.
            ("followups.on-time", 2, 2, 100m), ("organization.violation-points", 3, 1, 97m),
        };
        var draft = await FiguresAsync(manager, path);
        foreach (var figure in expected) draft[figure.Item1].ShouldBe((figure.Item2, figure.Item3, figure.Item4), figure.Item1);
        var onTime = await ClocksOfAsync(staff, start);
        draft["complaints.on-time"].ShouldBe((onTime.Met, onTime.Of, Math.Round(100m * onTime.Met / onTime.Of, 2, MidpointRounding.AwayFromZero)));
        onTime.Of.ShouldBeGreaterThan(onTime.Met);
        onTime.Met.ShouldBeGreaterThan(0);

        var result = (await manager.PostAsync($"{path}/submission")).Is(200).Json.GetProperty("result").GetProperty("total").GetDecimal();
        result.ShouldBe(Math.Round((10 * 50 + 10 * 50 + 20 * (100m * onTime.Met / onTime.Of) + 20 * 50 + 20 * 50 + 10 * 100 + 10 * 97) / 100, 2, MidpointRounding.AwayFromZero));
        // What is known later changes nothing any more.
        await system.ExecuteAsync($"UPDATE followups.follow_ups SET satisfaction = 5 WHERE settled_by = '{staff}'");
        (await FiguresAsync(manager, path))["followups.satisfaction"].ShouldBe((5, 10, 50m));
        (await manager.GetAsync(path)).Is(200).Json.GetProperty("appraisal").GetProperty("result").GetProperty("total").GetDecimal().ShouldBe(result);
    }

    [Fact]
    public async Task A_person_with_nothing_to_measure_is_measured_by_the_rest()
    {
        var (start, staff, manager) = (await MonthAsync(), await AppointAsync(), await system.SignInAsync("demo.manager"));
        var path = (await BeginAsync(manager, staff, await DefineAsync(Of("complaints.on-time", 60), new { code = "attitude", titleEn = "Attitude", titleZh = "态度", weight = 40 }), start)).Is(201).Location!;
        (await ScoreAsync(manager, path, "\"1\"", ("attitude", 77))).Is(200);
        (await manager.PostAsync($"{path}/submission")).Is(200).Json.GetProperty("result").GetProperty("total").GetDecimal().ShouldBe(77);
        var none = (await BeginAsync(manager, staff, await DefineAsync(Of("complaints.on-time", 100)), start)).Is(201).Location!;
        (await manager.PostAsync($"{none}/submission")).Is(409).Text("rule").ShouldBe("ORG-14");
    }

    [Fact]
    public async Task Begun_by_many_at_once_there_is_one_and_submitted_by_many_at_once_it_is_once()
    {
        var (start, staff) = (await MonthAsync(), await AppointAsync());
        var form = await DefineAsync(new { code = "attitude", titleEn = "Attitude", titleZh = "态度", weight = 100 });
        var crowd = await Crowd.SignInAsync(8, "demo.manager", system.Host, await system.StartHostAsync());
        await Task.WhenAll(crowd.Select(api => Eventually.BecomesAsync(() => api.GetAsync($"/api/v1/staff/{staff}"), a => (int)a.Status == 200, "both hosts know the person")));
        var begun = await Crowd.AtOnceAsync(crowd.Select(api => (Func<Task<Reply>>)(() => BeginAsync(api, staff, form, start))));
        begun.Select(a => (int)a.Status).Order().ShouldBe([201, .. Enumerable.Repeat(409, 7)]);
        begun.Where(a => (int)a.Status == 409).ShouldAllBe(a => a.Text("rule") == "ORG-14");
        var path = begun.Single(a => (int)a.Status == 201).Location!;
        (await ScoreAsync(crowd[0], path, "\"1\"", ("attitude", 75))).Is(200);
        (await Crowd.AtOnceAsync(crowd.Select(api => (Func<Task<Reply>>)(() => api.PostAsync($"{path}/submission"))))).Select(a => (int)a.Status).Order().ShouldBe([200, .. Enumerable.Repeat(409, 7)]);
    }

    [Fact]
    public async Task What_is_not_possible_is_refused_and_says_what_would_be()
    {
        var (start, staff, manager) = (await MonthAsync(), await AppointAsync(), await system.SignInAsync("demo.manager"));
        var form = await DefineAsync(new { code = "attitude", titleEn = "Attitude", titleZh = "态度", weight = 100 });
        (await BeginAsync(manager, "demo.manager", form, start)).Is(409).Text("rule").ShouldBe("ORG-14");
        (await BeginAsync(manager, staff, form, start.PlusMonths(3))).Is(409);
        (await BeginAsync(manager, staff, form, start.PlusDays(1))).Is(400).Error("start").ShouldNotBeEmpty();
        (await BeginAsync(manager, "harbour.officer", form, start)).Is(404).Error("staff").ShouldNotBeEmpty();
        (await BeginAsync(manager, staff, "no-such-form", start)).Is(404).Error("form").ShouldNotBeEmpty();
        (await DefineRawAsync(Of("complaints.nonsense", 100))).Is(400).Error("criteria").ShouldContain("complaints.on-time");
        (await DefineRawAsync(Of("complaints.on-time", 100, target: 5))).Is(400).Error("criteria").ShouldNotBeEmpty();
        (await DefineRawAsync(Of("complaints.handled", 100))).Is(400).Error("criteria").ShouldNotBeEmpty();
        (await DefineRawAsync(Of("complaints.on-time", 99))).Is(400).Error("criteria").ShouldContain("100");
        (await system.Admin.ListAsync($"{Forms}/figures", limit: 2)).Select(f => f.GetProperty("name").GetString()).ShouldBe(
            ["complaints.handled", "complaints.on-time", "complaints.registered", "complaints.satisfied", "followups.on-time", "followups.satisfaction", "organization.violation-points"]);
    }

    [Fact]
    public async Task A_form_that_is_edited_leaves_what_was_begun_with_it_as_it_is()
    {
        var (start, staff, manager) = (await MonthAsync(), await AppointAsync(), await system.SignInAsync("demo.manager"));
        var form = await DefineAsync(new { code = "attitude", titleEn = "Attitude", titleZh = "态度", weight = 100 });
        var path = (await BeginAsync(manager, staff, form, start)).Is(201).Location!;
        (await system.Admin.SendAsync(HttpMethod.Put, $"{Forms}/{form}", new { titleEn = "x", titleZh = "x", criteria = new[] { new { code = "ability", titleEn = "x", titleZh = "x", weight = 100 } } }, ifMatch: "\"1\"")).Is(200);
        (await ScoreAsync(manager, path, "\"1\"", ("ability", 75))).Is(400).Error("scores").ShouldContain("attitude");
        (await ScoreAsync(manager, path, "\"1\"", ("attitude", 75))).Is(200);
    }

    /// <summary>A month that nobody has used yet: the clock stands in its first hours, or just after it. Time only goes on, so each test has its own.</summary>
    private async Task<LocalDate> MonthAsync(bool ended = true)
    {
        var date = (await system.NowAsync()).InZone(Zone).Date;
        var start = new LocalDate(date.Year, date.Month, 1).PlusMonths(1);
        await system.SetAsync((ended ? start.PlusMonths(1) : start).AtStartOfDayInZone(Zone).ToInstant() + Duration.FromHours(8));
        return start;
    }

    private Task EndAsync(LocalDate start) => system.SetAsync(start.PlusMonths(1).AtStartOfDayInZone(Zone).ToInstant());

    private async Task<Guid> ResolvedAsync(Api officer, string wait)
    {
        var id = (await officer.RegisterAsync()).Is(201).Id;
        (await officer.ActAsync(id, "acceptance")).Is(200);
        await system.Admin.AdvanceAsync(wait);
        (await officer.ActAsync(id, "resolution", new { summary = "已修复" })).Is(200);
        await system.Admin.SettleAsync();
        return id;
    }

    private async Task CallAsync(Guid complaint, int satisfaction)
    {
        var followUp = (await system.Admin.ListAsync($"/api/v1/follow-ups?origin={complaint}"))[0].GetProperty("id").GetGuid();
        (await system.Admin.PostAsync($"/api/v1/follow-ups/{followUp}/outcome", new { channel = "phone", reached = true, satisfaction })).Is(200);
        await system.Admin.SettleAsync();
    }

    /// <summary>The same by another way: read clock by clock, as the API explains them.</summary>
    private async Task<(long Met, long Of)> ClocksOfAsync(string staff, LocalDate start)
    {
        var (now, from, to) = (await system.NowAsync(), start.AtStartOfDayInZone(Zone).ToInstant(), start.PlusMonths(1).AtStartOfDayInZone(Zone).ToInstant());
        var (met, of) = (0L, 0L);
        foreach (var id in await system.ScalarAsync<Guid[]>("SELECT array_agg(id) FROM complaints.complaints WHERE handler = $1", staff))
        {
            foreach (var c in (await system.Admin.ListAsync($"/api/v1/complaints/{id}/clocks")).Select(ClockSeen.Of))
            {
                var inTime = c.State == "met";
                var decided = inTime ? c.EndedAt!.Value : c.DueAt;
                if (c.State == "cancelled" || decided < from || decided >= to || decided > now || (!inTime && c.State is "running" or "warned")) continue;
                of++;
                if (inTime) met++;
            }
        }

        return (met, of);
    }

    private static async Task<Dictionary<string, (long Count, long Of, decimal Points)>> FiguresAsync(Api api, string path) =>
        (await api.GetAsync(path)).Is(200).Json.GetProperty("criteria").EnumerateArray().ToDictionary(
            c => c.GetProperty("figure").GetString()!, c => (c.GetProperty("count").GetInt64(), c.GetProperty("of").GetInt64(), c.GetProperty("points").GetDecimal()));

    private async Task<string> PointsKindAsync(int points)
    {
        var code = $"points-{Interlocked.Increment(ref codes)}";
        (await system.Admin.PostAsync("/api/v1/violation-kinds", new { code, titleEn = "x", titleZh = "扣分", meaning = "x", reason = "x", ladder = new[] { new { sanctions = new[] { new { measure = "pointsDeduction", amount = points } } } } })).Is(201);
        return code;
    }

    private static object Of(string figure, int weight, int? target = null) => new { code = figure.Replace('.', '-'), titleEn = figure, titleZh = figure, weight, figure, target };

    private async Task<string> DefineAsync(params object[] criteria) => (await DefineRawAsync(criteria)).Is(201).Text("code");

    private Task<Reply> DefineRawAsync(params object[] criteria) => system.Admin.PostAsync(Forms, new { code = $"form-{Interlocked.Increment(ref codes)}", titleEn = "Form", titleZh = "表单", criteria });

    private static Task<Reply> BeginAsync(Api api, string staff, string form, LocalDate start) => api.PostAsync(Path, new { project = "demo", staff, form, period = "month", start });

    private static Task<Reply> ScoreAsync(Api api, string path, string ifMatch, params (string Criterion, int Points)[] scores) =>
        api.SendAsync(HttpMethod.Put, $"{path}/scores", new { scores = scores.Select(s => new { criterion = s.Criterion, points = s.Points }) }, ifMatch: ifMatch);

    private async Task<string> AppointAsync(string role = "customerServiceOfficer")
    {
        var code = $"appraised.{Interlocked.Increment(ref codes)}";
        (await system.Admin.PostAsync("/api/v1/staff", new { code, name = "被考核人", subject = code })).Is(201);
        (await system.Admin.PostAsync($"/api/v1/staff/{code}/roles", new { role, scope = "project", place = "demo" })).Is(201);
        return code;
    }
}
