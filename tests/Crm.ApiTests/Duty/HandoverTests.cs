using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Crm.Shared.Data;
using Crm.Shared.Retention;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Shouldly;

namespace Crm.ApiTests.Duty;

/// <summary>ORG-05: notes from one shift to the next, and problem logs.</summary>
[Trait("Rule", "ORG-05")]
public sealed class HandoverTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    private const string Secret = "张女士 13912345678 要求回电";

    [Fact]
    public async Task The_next_shift_confirms_a_note_once_and_nobody_else_does()
    {
        var (scene, day, evening) = await DayAndEveningAsync();
        var (writer, reader, stranger) = (await system.SignInAsync(day), await system.SignInAsync(evening), await system.SignInAsync(await scene.AppointAsync()));
        (await WriteAsync(writer, scene)).Is(409).Text("rule").ShouldBe("ORG-05");
        await system.SetAsync(scene.At(5, 16));
        (await WriteAsync(stranger, scene)).Is(409).Text("rule").ShouldBe("ORG-05");
        (await writer.PostAsync("/api/v1/shift-handovers", new { project = "demo", shift = "day", date = scene.Date(5), urgent = " ", customers = Array.Empty<object>() })).Is(400).Error("customers").ShouldNotBeEmpty();
        (await writer.PostAsync("/api/v1/shift-handovers", new { project = "demo", shift = "regular", date = scene.Date(5), urgent = "x", customers = Array.Empty<object>() })).Is(404).Error("shift").ShouldNotBeEmpty();
        var note = (await WriteAsync(writer, scene)).Is(201).Id;
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.shift_handovers h WHERE position(convert_to('张女士', 'UTF8') IN h.content) > 0")).ShouldBe(0, "it is sealed");
        (await reader.ListAsync("/api/v1/shift-handovers?project=demo&confirmed=false")).ShouldContain(n => n.GetProperty("id").GetGuid() == note && n.GetProperty("customers")[0].GetProperty("text").GetString() == Secret);

        var path = $"/api/v1/shift-handovers/{note}/confirmation";
        (await reader.PostAsync(path)).Is(409);
        await system.SetAsync(scene.At(5, 17));
        foreach (var no in new[] { writer, stranger }) (await no.PostAsync(path)).Is(409).Text("rule").ShouldBe("ORG-05");
        var host = await (await system.StartHostAsync()).SignInAsync(evening);
        var answers = await Crowd.AtOnceAsync(new[] { reader, host, reader, host }.Select(a => (Func<Task<Reply>>)(() => a.PostAsync(path))));
        answers.Select(a => (int)a.Status).Order().ShouldBe([200, 409, 409, 409]);
        (await writer.GetAsync($"/api/v1/shift-handovers/{note}")).Is(200).ShouldSatisfyAllConditions(n => n.Json.GetProperty("confirmed").GetBoolean().ShouldBeTrue(), n => n.Text("confirmedBy").ShouldBe(evening), n => DutyScene.InstantOf(n.Json, "confirmedAt").ShouldBe(scene.At(5, 17)));
        await system.SetAsync(scene.At(5, 18));
        (await ToldAsync(note)).ShouldBe(0, "it was confirmed in time");
    }

    [Fact]
    public async Task A_note_that_nobody_confirms_is_told_once_half_an_hour_after_the_next_shift_began()
    {
        var (scene, day, _) = await DayAndEveningAsync();
        var other = await system.StartHostAsync();
        await system.SetAsync(scene.At(5, 16));
        var note = (await WriteAsync(await system.SignInAsync(day), scene)).Is(201).Id;
        await system.SetAsync(scene.At(5, 17, 30) - ClocksSystem.Microsecond);
        (await ToldAsync(note)).ShouldBe(0);
        await Task.WhenAll(system.SetAsync(scene.At(5, 17, 30)), (await other.SignInAsync("demo.admin")).SettleAsync());
        await Eventually.BecomesAsync(() => ToldAsync(note), told => told > 0, "the supervisors are told");
        await system.Admin.AdvanceAsync("PT2H");
        (await ToldAsync(note)).ShouldBe(1);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.notifications WHERE facts::text LIKE '%张女士%'")).ShouldBe(0);
        // A supervisor may still confirm it.
        (await (await system.SignInAsync("demo.manager")).PostAsync($"/api/v1/shift-handovers/{note}/confirmation")).Is(200);
    }

    [Fact]
    public async Task A_problem_log_is_ones_own_and_summed_up_by_the_week_of_the_projects_zone()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var (first, second) = (await scene.AppointAsync(), await scene.AppointAsync());
        // The second Monday of the month and the microsecond before it.
        var monday = scene.First.PlusDays(7).With(DateAdjusters.NextOrSame(IsoDayOfWeek.Monday));
        var start = monday.AtStartOfDayInZone(DutyScene.Shanghai).ToInstant();
        await system.SetAsync(start - ClocksSystem.Microsecond);
        var before = (await LogAsync(first, help: null)).Is(201).Text("week");
        await system.SetAsync(start);
        var week = (await LogAsync(first, help: "请协助")).Is(201).Text("week");
        week.ShouldNotBe(before);
        (await LogAsync(second, help: null)).Is(201);
        (await LogAsync(second, help: "   ")).Is(201);
        await system.SetAsync(start + Duration.FromDays(7) - ClocksSystem.Microsecond);
        (await LogAsync(first, help: null)).Is(201).Text("week").ShouldBe(week);
        await system.SetAsync(start + Duration.FromDays(7));
        (await LogAsync(first, help: null)).Is(201).Text("week").ShouldNotBe(week);

        var manager = await system.SignInAsync("demo.manager");
        var summary = (await manager.GetAsync($"/api/v1/problem-log/summary?project=demo&week={week}")).Is(200).Json;
        (summary.GetProperty("entries").GetInt32(), summary.GetProperty("needingHelp").GetInt32(), summary.GetProperty("items").GetArrayLength()).ShouldBe((4, 1, 4));
        summary.GetProperty("people").EnumerateArray().Select(p => (p.GetProperty("staff").GetString()!, p.GetProperty("entries").GetInt32(), p.GetProperty("needingHelp").GetInt32()))
            .ShouldBe(new[] { (first, 2, 1), (second, 2, 0) }.OrderBy(p => p.Item1, StringComparer.Ordinal));
        (DutyScene.InstantOf(summary, "from"), DutyScene.InstantOf(summary, "until")).ShouldBe((start, start + Duration.FromDays(7)));
        (await manager.ListAsync($"/api/v1/problem-log?project=demo&staff={first}&from={DutyScene.Write(start)}&until={DutyScene.Write(start + Duration.FromDays(7))}", limit: 1)).Count.ShouldBe(2);
        (await (await system.SignInAsync(first)).ListAsync("/api/v1/problem-log/mine")).Count.ShouldBe(4);
        (await (await system.SignInAsync(first)).GetAsync("/api/v1/problem-log?project=demo")).Is(403);
        (await manager.GetAsync("/api/v1/problem-log/summary?project=demo&week=2026-W54")).Is(400).Error("week").ShouldNotBeEmpty();
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.problem_entries WHERE position(convert_to('维保', 'UTF8') IN texts) > 0")).ShouldBe(0, "it is sealed");
    }

    [Fact]
    [Trait("Rule", "ORG-12")]
    public async Task A_note_is_erased_with_the_first_record_it_is_about_and_others_stay()
    {
        var (scene, day, _) = await DayAndEveningAsync();
        await system.SetAsync(scene.At(5, 16));
        var phone = $"1351234{Random.Shared.Next(10_000):0000}";
        var open = (await RegisterAsync(phone)).Id;
        var (withdrawn, another) = ((await RegisterAsync(phone)).Id, (await RegisterAsync("13800138000")).Id);
        var writer = await system.SignInAsync(day);
        var (about, other) = ((await WriteAsync(writer, scene, another, open, withdrawn, withdrawn)).Is(201).Id, (await WriteAsync(writer, scene, another)).Is(201).Id);
        (await system.Admin.ActAsync(withdrawn, "withdrawal", new { reason = "已解决" })).Is(200);
        (await system.Admin.PostAsync("/api/v1/personal-data/erasures/preview", new { phone }, key: null)).Is(200).Json.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("id").GetGuid()).ShouldContain(about);

        var order = (await system.Admin.PostAsync("/api/v1/personal-data/erasures", new { phone, reason = "客户来函" })).Is(201).Id;
        // The open case is the older one, is found first, and is kept: the note does not wait for it.
        var erased = await Eventually.BecomesAsync(() => writer.GetAsync($"/api/v1/shift-handovers/{about}"), n => n.Is(200).Json.GetProperty("erasedAt").ValueKind == JsonValueKind.String, "the note is erased");
        (await system.Admin.GetAsync($"/api/v1/personal-data/erasures/{order}")).Is(200).Text("state").ShouldNotBe("completed");
        (erased.Text("urgent"), erased.Json.GetProperty("customers").GetArrayLength(), erased.Json.GetProperty("erasedAt").ValueKind, erased.Text("writtenBy")).ShouldBe(("", 0, JsonValueKind.String, day));
        (await system.ScalarAsync<bool>("SELECT content IS NULL FROM organization.shift_handovers WHERE id = $1", about)).ShouldBeTrue();
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.audit_entries WHERE action = 'ErasePersonalData' AND subject_kind = 'shiftHandover' AND subject_id = $1", about.ToString())).ShouldBe(1);
        (await writer.GetAsync($"/api/v1/shift-handovers/{other}")).Is(200).Json.GetProperty("customers")[0].GetProperty("text").GetString().ShouldBe(Secret);
        await system.SetAsync(scene.At(5, 18));
        (await ToldAsync(about)).ShouldBe(0, "there is nothing left to confirm");

        async Task<Reply> RegisterAsync(string phone) => (await system.Admin.RegisterAsync(Api.Complaint(("customer", new { name = "张女士", phone })))).Is(201);
    }

    [Fact]
    [Trait("Rule", "ORG-12")]
    public async Task Old_notes_and_problems_are_forgotten_and_younger_ones_are_not()
    {
        var (scene, day, _) = await DayAndEveningAsync();
        await system.SetAsync(scene.At(5, 16));
        var writer = await system.SignInAsync(day);
        var notes = new[] { (await WriteAsync(writer, scene)).Is(201).Id, (await WriteAsync(writer, scene)).Is(201).Id };
        var problems = new[] { (await LogAsync(day, help: null)).Is(201).Id, (await LogAsync(day, help: null)).Is(201).Id };
        foreach (var (ids, days) in new[] { (new[] { notes[0], problems[0] }, 181), (new[] { notes[1], problems[1] }, 179) })
        {
            var then = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-days);
            await system.ExecuteAsync($"""
                UPDATE organization.shift_handovers SET id = '{Ids.FirstOf(then)}', written_at = '{then:O}' WHERE id = '{ids[0]}';
                UPDATE organization.problem_entries SET id = '{Ids.FirstOf(then)}', at = '{then:O}' WHERE id = '{ids[1]}'
                """);
        }

        await ActivatorUtilities.CreateInstance<ForgetJob>(system.Host.Services).RunAsync(TestContext.Current.CancellationToken);
        var (old, younger) = (Ids.FirstOf(TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-180)), Ids.FirstOf(TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-178)));
        foreach (var table in new[] { "shift_handovers", "problem_entries" })
        {
            (await system.ScalarAsync<long>($"SELECT count(*) FROM organization.{table} WHERE id < $1", old)).ShouldBe(0, table);
            (await system.ScalarAsync<long>($"SELECT count(*) FROM organization.{table} WHERE id < $1", younger)).ShouldBe(1, table);
            // Its words are sealed to the identity it had: nobody could read it.
            await system.ExecuteAsync($"DELETE FROM organization.{table} WHERE id < '{younger}'");
        }
    }

    private async Task<Reply> LogAsync(string staff, string? help) =>
        await (await system.SignInAsync(staff)).PostAsync("/api/v1/problem-log", new { project = "demo", problem = "维保电话无人接听", cause = "值班表未更新", solution = "联系维保经理", helpNeeded = help });

    private static Task<Reply> WriteAsync(Api api, DutyScene scene, params Guid[] about) => api.PostAsync("/api/v1/shift-handovers", new
    {
        project = "demo", shift = "day", date = scene.Date(5), urgent = "3号楼电梯停运", customers = (about.Length > 0 ? about : [Guid.NewGuid()]).Select(id => new { kind = "complaint", id, text = Secret }),
    });

    private async Task<long> ToldAsync(Guid note)
    {
        await system.Admin.SettleAsync();
        return await system.ScalarAsync<long>("SELECT count(*) FROM organization.notifications WHERE subject_id = $1 AND kind = 'duty.handover-unconfirmed' AND staff = 'demo.manager'", note);
    }

    /// <summary>One has the day shift of the fifth, and another the evening.</summary>
    private async Task<(DutyScene Scene, string Day, string Evening)> DayAndEveningAsync()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var staff = await scene.AppointAsync(2);
        (await system.Admin.PostAsync("/api/v1/rosters", new
        {
            project = "demo", month = scene.Month, shifts = new[] { new { shift = "day", workingDays = 0, daysOff = 0 } },
            days = new[] { new { date = scene.Date(5), shift = "day", needed = 1 }, new { date = scene.Date(5), shift = "evening", needed = 1 } },
        })).Is(201);
        (await scene.ActAsync("assignments", new { remove = Array.Empty<Guid>(), add = new[] { new { shift = "day", date = scene.Date(5), staff = staff[0] }, new { shift = "evening", date = scene.Date(5), staff = staff[1] } } })).Is(200);
        (await scene.ActAsync("publication")).Is(200);
        await system.Admin.SettleAsync();
        return (scene, staff[0], staff[1]);
    }
}
