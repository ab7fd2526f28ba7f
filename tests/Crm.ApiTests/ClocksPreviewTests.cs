using NodaTime;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-07, ORG-08: what a change would move is seen before; applied, it moves exactly that.</summary>
[Trait("Rule", "ORG-08")]
public sealed class ClocksPreviewTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    private static object Feedback(string value, string project = "demo") => new { project, name = "complaints.feedback", value };

    [Fact]
    public async Task A_preview_names_the_running_deadlines_and_its_application_moves_exactly_those()
    {
        var start = await system.MorningAsync();
        var (old, resolved, elsewhere) = (await system.RegisterAsync(), await system.RegisterAsync(), await system.RegisterAsync(more: ("project", "harbour")));
        await system.DoAsync(resolved, "acceptance");
        await system.DoAsync(resolved, "resolution");
        var (before, beforeElsewhere) = (await system.ClockAsync(old, "feedback"), await system.ClockAsync(elsewhere, "feedback"));

        var preview = await system.PreviewAsync("policies", Feedback("PT12H"));
        var named = (await system.MovesAsync("policies", preview)).ShouldHaveSingleItem();
        named.GetProperty("subject").GetGuid().ShouldBe(old);
        named.GetProperty("module").GetString().ShouldBe("complaints");
        ClockSeen.At(named, "dueAt").ShouldBe(before.DueAt);
        ClockSeen.At(named, "newDueAt").ShouldBe(start + Duration.FromHours(12));
        (await system.ClockAsync(old, "feedback")).ShouldSatisfyAllConditions(c => c.DueAt.ShouldBe(before.DueAt, "a preview changes nothing"), c => c.PolicyVersion.ShouldBe(before.PolicyVersion));

        var young = await system.RegisterAsync();
        await system.ApplyAsync("policies", preview);

        (await system.ClockAsync(old, "feedback")).ShouldSatisfyAllConditions(
            c => c.DueAt.ShouldBe(start + Duration.FromHours(12)), c => (c.WarnAt - start).ShouldBe(Duration.FromHours(12) * ((before.WarnAt - start) / (before.DueAt - start))),
            c => c.PolicyVersion.ShouldBeGreaterThan(before.PolicyVersion));
        (await system.ClockAsync(young, "feedback")).DueAt.ShouldBe(before.DueAt, "it began after the preview, which does not name it");
        (await system.ClockAsync(elsewhere, "feedback")).DueAt.ShouldBe(beforeElsewhere.DueAt);
        (await system.MovesAsync("policies", preview)).ShouldHaveSingleItem().GetProperty("outcome").GetString().ShouldBe("moved");
        (await system.Admin.ListAsync($"/api/v1/complaints/{old}/history")).Count(s => s.GetProperty("kind").GetString() == "deadlineMoved").ShouldBe(1);
        var moved = (await system.Admin.ListAsync($"/api/v1/complaints/{old}/clocks")).Single(c => c.GetProperty("kind").GetString() == "feedback").GetProperty("moves").EnumerateArray().ShouldHaveSingleItem();
        (moved.GetProperty("preview").GetGuid(), moved.GetProperty("by").GetString()).ShouldBe((preview, "demo.admin"));
        var newest = (await system.Admin.ListAsync("/api/v1/policies/history?project=demo&name=complaints.feedback"))[0];
        (newest.GetProperty("reason").GetString(), newest.GetProperty("changedBy").GetString(), newest.GetProperty("value").GetString()).ShouldBe(("新承诺", "demo.admin", "PT12H"));

        await system.SetAsync(start + Duration.FromHours(12) + ClocksSystem.Microsecond);
        (await system.ClockAsync(old, "feedback")).State.ShouldBe("breached");
    }

    [Fact]
    public async Task A_stale_preview_is_refused_and_moves_nothing()
    {
        await system.MorningAsync();
        var complaint = await system.RegisterAsync(more: ("project", "harbour"));
        var (first, second) = (await system.PreviewAsync("policies", Feedback("PT12H", "harbour")), await system.PreviewAsync("policies", Feedback("PT6H", "harbour")));
        (await system.Admin.SendAsync(HttpMethod.Post, $"/api/v1/policies/previews/{first}/application", new { reason = "别的版本", moveDeadlines = true }, ifMatch: "\"7\"")).Is(412);
        await system.ApplyAsync("policies", first);
        var before = await system.ClockAsync(complaint, "feedback");

        var answer = (await system.Admin.PostAsync($"/api/v1/policies/previews/{second}/application", new { reason = "也要", moveDeadlines = true })).Is(409);
        answer.Text("rule").ShouldBe("ORG-08");
        (await system.Admin.PostAsync($"/api/v1/policies/previews/{first}/application", new { reason = "再来", moveDeadlines = true })).Is(409);
        (await system.ClockAsync(complaint, "feedback")).DueAt.ShouldBe(before.DueAt);

        var third = await system.PreviewAsync("policies", Feedback("PT6H", "harbour"));
        var now = await system.NowAsync();
        await system.SetAsync(now + Duration.FromHours(1) + ClocksSystem.Microsecond);
        (await system.Admin.PostAsync($"/api/v1/policies/previews/{third}/application", new { reason = "太晚", moveDeadlines = true })).Is(409);
    }

    [Fact]
    public async Task Applied_for_new_deadlines_only_it_moves_none()
    {
        var start = await system.MorningAsync();
        var old = await system.RegisterAsync();
        var given = (await system.ClockAsync(old, "feedback")).DueAt;
        await system.ApplyAsync("policies", await system.PreviewAsync("policies", Feedback("PT10H")), moveDeadlines: false);
        (await system.ClockAsync(old, "feedback")).DueAt.ShouldBe(given);
        (await system.ClockAsync(await system.RegisterAsync(), "feedback")).DueAt.ShouldBe(start + Duration.FromHours(10));
    }

    [Fact]
    public async Task What_has_ended_or_passed_by_the_application_is_left_alone_and_said_to_be()
    {
        var start = await system.MorningAsync();
        var major = ClocksSystem.Major;
        var (ended, passed) = (await system.RegisterAsync(more: major), await system.RegisterAsync(more: major));
        var preview = await system.PreviewAsync("policies", new { project = "demo", name = "complaints.report-to-head", value = "PT40M" });
        (await system.MovesAsync("policies", preview)).Count.ShouldBe(2);
        await system.DoAsync(ended, "head-report");
        await system.SetAsync(start + Duration.FromMinutes(10) + ClocksSystem.Microsecond);
        await system.ApplyAsync("policies", preview);

        var outcomes = (await system.MovesAsync("policies", preview)).ToDictionary(m => m.GetProperty("subject").GetGuid(), m => m.GetProperty("outcome").GetString());
        outcomes[ended].ShouldBe("ended");
        outcomes[passed].ShouldBe("passed");
        (await system.ClockAsync(passed, "headReport")).ShouldSatisfyAllConditions(c => c.DueAt.ShouldBe(start + Duration.FromMinutes(10)), c => c.State.ShouldBe("breached"));
    }

    [Fact]
    public async Task A_later_percentage_moves_warnings_and_leaves_due_instants()
    {
        var start = await system.MorningAsync();
        var complaint = await system.RegisterAsync(more: ClocksSystem.Major);
        var before = await system.ClockAsync(complaint, "solution");
        await system.ApplyAsync("policies", await system.PreviewAsync("policies", new { project = "demo", name = "complaints.warn-at", value = 50 }));
        (await system.ClockAsync(complaint, "solution")).ShouldSatisfyAllConditions(c => c.DueAt.ShouldBe(before.DueAt), c => c.WarnAt.ShouldBe(start + (before.DueAt - start) / 2));
    }

    [Fact]
    public async Task A_preview_that_nobody_applied_moves_nothing_also_while_another_of_the_same_deadline_is_applied()
    {
        var start = await system.MorningAsync();
        var complaint = await system.RegisterAsync();
        var left = await system.PreviewAsync("policies", Feedback("PT6H"));
        await system.ApplyAsync("policies", await system.PreviewAsync("policies", Feedback("PT11H")));
        (await system.ClockAsync(complaint, "feedback")).DueAt.ShouldBe(start + Duration.FromHours(11));
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.planned_moves WHERE preview_id = $1 AND subject_id = $2 AND released_at IS NULL AND outcome IS NULL", left, complaint)).ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "ORG-07")]
    public async Task A_corrected_calendar_moves_exactly_the_deadlines_counted_in_working_days()
    {
        var start = await system.MorningAsync();
        (await system.Admin.PostAsync("/api/v1/policies", new { project = "harbour", name = "complaints.solution", value = "2 working days", reason = "按工作日" })).Is(201);
        (string, object?)[] harbour = [.. ClocksSystem.Major, ("project", "harbour")];
        var (counted, other) = (await system.RegisterAsync(more: harbour), await system.RegisterAsync(more: ClocksSystem.Major));
        var shanghai = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];
        var today = start.InZone(shanghai).Date;
        async Task<LocalDate> WorkingDayAfterAsync(int days) => NodaTime.Text.LocalDatePattern.Iso.Parse((await system.Admin.PostAsync(
            "/api/v1/calendar/working-days/addition", new { from = NodaTime.Text.LocalDatePattern.Iso.Format(today), days }, key: null)).Is(200).Text("date")).GetValueOrThrow();
        Instant EndOf(LocalDate day) => shanghai.AtStartOfDay(day.PlusDays(1)).ToInstant() - ClocksSystem.Microsecond;
        var (first, second, third) = (await WorkingDayAfterAsync(1), await WorkingDayAfterAsync(2), await WorkingDayAfterAsync(3));
        (await system.ClockAsync(counted, "solution")).DueAt.ShouldBe(EndOf(second));

        var closed = new { years = Array.Empty<object>(), daysOff = new[] { new { date = NodaTime.Text.LocalDatePattern.Iso.Format(first), occasion = "停电" } } };
        var preview = await system.PreviewAsync("calendar", closed);
        var named = (await system.MovesAsync("calendar", preview)).ShouldHaveSingleItem();
        (named.GetProperty("subject").GetGuid(), ClockSeen.At(named, "newDueAt")).ShouldBe((counted, EndOf(third)));
        var untouched = await system.ClockAsync(other, "solution");
        await system.ApplyAsync("calendar", preview);

        (await system.ClockAsync(counted, "solution")).DueAt.ShouldBe(EndOf(third));
        (await system.ClockAsync(other, "solution")).DueAt.ShouldBe(untouched.DueAt);
        (await WorkingDayAfterAsync(1)).ShouldBe(second, "the closed day is no working day any more");
        (await system.Admin.ListAsync("/api/v1/calendar/corrections"))[0].GetProperty("reason").GetString().ShouldBe("新承诺");

        var open = new { years = Array.Empty<object>(), daysOff = new[] { new { date = NodaTime.Text.LocalDatePattern.Iso.Format(first), occasion = (string?)null } } };
        await system.ApplyAsync("calendar", await system.PreviewAsync("calendar", open));
        (await system.ClockAsync(counted, "solution")).DueAt.ShouldBe(EndOf(second), "what was closed by mistake is put back");
    }

    [Fact]
    [Trait("Rule", "ORG-07")]
    public async Task An_imported_year_is_no_longer_provisional_and_contradictions_are_refused_by_name()
    {
        await system.MorningAsync();
        static object Year(params object[] holidays) => new { years = new[] { new { year = 2031, notice = "国办发明电〔2030〕1号", holidays } }, daysOff = Array.Empty<object>() };
        var day = "/api/v1/calendar/days?from=2031-01-23&to=2031-01-23";
        (await system.Admin.ListAsync(day))[0].GetProperty("provisional").GetBoolean().ShouldBeTrue();
        (await system.Admin.PostAsync("/api/v1/calendar/preview", Year(new { occasion = "春节", from = "2031-01-22", to = "2031-01-28", makeUp = new[] { "2031-01-20" } }))).Is(400).Error("holidays").ShouldContain("2031-01-20");
        (await system.Admin.PostAsync("/api/v1/calendar/preview", Year(new { occasion = "春节", from = "2032-01-22", to = "2032-01-28", makeUp = Array.Empty<string>() }))).Is(400).Error("holidays").ShouldContain("2031");

        await system.ApplyAsync("calendar", await system.PreviewAsync("calendar", Year(new { occasion = "春节", from = "2031-01-22", to = "2031-01-28", makeUp = new[] { "2031-01-19" } })));
        var imported = (await system.Admin.ListAsync(day))[0];
        (imported.GetProperty("kind").GetString(), imported.GetProperty("occasion").GetString(), imported.GetProperty("provisional").GetBoolean()).ShouldBe(("holiday", "春节", false));
        (await system.Admin.ListAsync("/api/v1/calendar/years"))[^1].GetProperty("notice").GetString().ShouldBe("国办发明电〔2030〕1号");
    }
}
