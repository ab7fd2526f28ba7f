using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Crm.Organization.Contracts;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Shouldly;

namespace Crm.ApiTests.Duty;

/// <summary>ORG-04: shifts and rosters over HTTP.</summary>
[Trait("Rule", "ORG-04")]
public sealed class RosterTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    [Fact]
    public async Task A_project_begins_with_three_shifts_and_a_change_counts_from_its_day_and_overwrites_nothing()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var code = $"night-{scene.Month}";
        (await system.Admin.PostAsync("/api/v1/projects", new { code, name = "新", company = "demo-leasing", serviceDesk = "demo.desk" })).Is(201);
        (await system.Admin.ListAsync($"/api/v1/shifts?project={code}", limit: 2)).Select(s => s.GetProperty("code").GetString()).ShouldBe(["day", "evening", "regular"]);
        var path = $"/api/v1/shifts/{code}/evening";
        var evening = (await system.Admin.GetAsync(path)).Is(200);
        evening.Json.GetProperty("today").ShouldSatisfyAllConditions(t => Text(t, "begins").ShouldBe("17:00"), t => Text(t, "ends").ShouldBe("01:00"), t => t.GetProperty("crossesMidnight").GetBoolean().ShouldBeTrue());

        var later = new { nameZh = "晚班", nameEn = "Evening", begins = "16:00", ends = "00:00", from = scene.Date(10) };
        (await system.Admin.SendAsync(HttpMethod.Put, path, later)).Is(428);
        (await system.Admin.SendAsync(HttpMethod.Put, path, later, ifMatch: evening.ETag)).Is(200).ETag.ShouldBe("\"2\"");
        (await system.Admin.SendAsync(HttpMethod.Put, path, later, ifMatch: evening.ETag)).Is(412);
        (await system.Admin.SendAsync(HttpMethod.Put, path, new { nameZh = "x", nameEn = "x", begins = "16:00", ends = "00:00", from = "2020-01-01" }, ifMatch: "\"2\"")).Is(400).Error("from").ShouldNotBeEmpty();
        (await system.Admin.SendAsync(HttpMethod.Put, path, new { nameZh = "x", nameEn = "x", begins = "16:00", ends = "16:00" }, ifMatch: "\"2\"")).Is(400).Error("ends").ShouldNotBeEmpty();
        (await system.Admin.GetAsync(path)).Json.GetProperty("terms").GetArrayLength().ShouldBe(2);
        (await system.Admin.PostAsync("/api/v1/shifts", new { project = code, code = "day", nameZh = "x", nameEn = "x", begins = "08:00", ends = "09:00" })).Is(409).Text("rule").ShouldBe("ORG-04");

        await scene.DraftAsync(code, "evening");
        var roster = await scene.RosterAsync(code);
        DutyScene.InstantOf(scene.Slot(roster, "evening", 9), "startsAt").ShouldBe(scene.At(9, 17));
        DutyScene.InstantOf(scene.Slot(roster, "evening", 9), "endsAt").ShouldBe(scene.At(10, 1));
        DutyScene.InstantOf(scene.Slot(roster, "evening", 10), "startsAt").ShouldBe(scene.At(10, 16));
    }

    [Fact]
    public async Task In_another_zone_a_night_on_which_the_clock_changes_is_as_long_as_it_is()
    {
        await system.MorningAsync();
        (await system.Admin.PostAsync("/api/v1/projects", new { code = "manhattan", name = "曼", company = "demo-leasing", serviceDesk = "demo.desk", timeZone = "America/New_York" })).Is(201);
        (await system.Admin.PostAsync("/api/v1/shifts", new { project = "manhattan", code = "night", nameZh = "夜班", nameEn = "Night", begins = "22:00", ends = "06:00" })).Is(201);
        // The clock of the tests may have come to any year.
        var year = (await system.NowAsync()).InUtc().Year + 1;
        var back = DateTimeZoneProviders.Tzdb["America/New_York"].GetZoneInterval(Instant.FromUtc(year, 7, 1, 0, 0)).End;
        var eve = back.InZone(DateTimeZoneProviders.Tzdb["America/New_York"]).Date.PlusDays(-1);
        var month = $"{eve.Year}-{eve.Month:00}";
        (await system.Admin.PostAsync("/api/v1/rosters", new { project = "manhattan", month, shifts = new[] { new { shift = "night", workingDays = 1, daysOff = 1 } } })).Is(201);
        var slots = (await system.Admin.GetAsync($"/api/v1/rosters/manhattan/{month}")).Is(200).Json.GetProperty("slots").EnumerateArray()
            .ToDictionary(s => Text(s, "date"), s => DutyScene.InstantOf(s, "endsAt") - DutyScene.InstantOf(s, "startsAt"));
        slots[NodaTime.Text.LocalDatePattern.Iso.Format(eve)].ShouldBe(Duration.FromHours(9));
        slots.Values.Count(length => length == Duration.FromHours(8)).ShouldBe(slots.Count - 1);
        slots.Count.ShouldBeGreaterThanOrEqualTo(30);
    }

    [Fact]
    public async Task A_month_is_generated_published_and_told_and_says_who_is_on_duty_to_the_microsecond()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var staff = await scene.AppointAsync(4);
        await scene.DraftAsync();
        (await scene.GapsAsync()).Length.ShouldBe(2 * scene.First.Calendar.GetDaysInMonth(scene.First.Year, scene.First.Month));
        var generated = (await scene.ActAsync("generation", new { groups = new[] { new { people = staff, shifts = new[] { "day", "evening" } } } })).Is(200);
        generated.Json.GetProperty("uncovered").GetArrayLength().ShouldBe(0);
        var shares = generated.Json.GetProperty("shares").EnumerateArray().Select(s => s.GetProperty("shifts").GetInt32()).ToArray();
        (shares.Length, shares.Max() - shares.Min()).ShouldSatisfyAllConditions(s => s.Length.ShouldBe(4), s => s.Item2.ShouldBeLessThanOrEqualTo(1));
        (await scene.GapsAsync()).ShouldBeEmpty();
        (await scene.OnDutyAsync(scene.At(5, 12))).ShouldBeEmpty("a draft says nothing");
        (await scene.ToldAsync("duty.roster-published", staff[0])).ShouldBe(0);

        (await scene.ActAsync("publication")).Is(200);
        foreach (var one in staff) (await scene.ToldAsync("duty.roster-published", one)).ShouldBe(1);
        (await scene.ToldAsync("duty.uncovered")).ShouldBe(0);
        foreach (var noun in new[] { "publication", "generation", "assignments" })
            (await scene.ActAsync(noun, noun == "generation" ? new { groups = new[] { new { people = staff, shifts = new[] { "day" } } } } : noun == "assignments" ? new { remove = Array.Empty<Guid>(), add = Array.Empty<object>() } : null))
                .Is(409).Text("rule").ShouldBe("ORG-04");

        var (day, evening) = ((await scene.PeopleAsync("day", 5)).Single().Staff, (await scene.PeopleAsync("evening", 5)).Single().Staff);
        var microsecond = ClocksSystem.Microsecond;
        (await scene.OnDutyAsync(scene.At(5, 8) - microsecond)).ShouldNotContain(day);
        (await scene.OnDutyAsync(scene.At(5, 8))).ShouldBe([day]);
        (await scene.OnDutyAsync(scene.At(5, 17) - microsecond)).ShouldBe([day]);
        (await scene.OnDutyAsync(scene.At(5, 17))).ShouldBe([evening]);
        (await scene.OnDutyAsync(scene.At(6, 1) - microsecond)).ShouldBe([evening]);
        (await scene.OnDutyAsync(scene.At(6, 1))).ShouldBeEmpty();

        var api = await system.SignInAsync(staff[0]);
        var mine = await api.ListAsync("/api/v1/duty/mine", limit: 7);
        mine.Count.ShouldBe(generated.Json.GetProperty("shares")[0].GetProperty("shifts").GetInt32());
        mine.Select(s => DutyScene.InstantOf(s, "startsAt")).ShouldBeInOrder();
        await using var services = system.Host.Services.CreateAsyncScope();
        var asked = await services.ServiceProvider.GetRequiredService<WhoIsOnDuty>()("demo", scene.At(5, 20), TestContext.Current.CancellationToken);
        asked.ShouldHaveSingleItem().ShouldSatisfyAllConditions(d => d.Staff.ShouldBe(evening), d => d.Until.ShouldBe(scene.At(6, 1)), d => d.Extended.ShouldBeFalse());
    }

    [Fact]
    public async Task Nobody_is_in_two_shifts_at_once_in_whatever_projects_whoever_is_first_at_two_hosts()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var other = await (await system.StartHostAsync()).SignInAsync("demo.admin");
        await scene.DraftAsync("demo", "day", "regular");
        await scene.DraftAsync("harbour", "day", "regular");
        for (var day = 1; day <= 5; day++)
        {
            var staff = await scene.AppointAsync("callCentreAgent", null!, "group");
            await Eventually.BecomesAsync(async () => (int)(await other.GetAsync($"/api/v1/staff/{staff}")).Status, s => s == 200, "the other host knows them");
            await other.GetAsync("/api/v1/projects");
            var answers = await Crowd.AtOnceAsync(new (Api Api, string Project, string Shift)[] { (system.Admin, "demo", "day"), (other, "harbour", "regular"), (other, "harbour", "day"), (system.Admin, "demo", "regular") }
                .Select(a => (Func<Task<Reply>>)(async () => (await Crowd.InsistAsync(() => a.Api.PostAsync($"/api/v1/rosters/{a.Project}/{scene.Month}/assignments", new { remove = Array.Empty<Guid>(), add = new[] { new { shift = a.Shift, date = scene.Date(day), staff } } })))[^1])));
            answers.Count(a => (int)a.Status == 200).ShouldBe(1, string.Join('\n', answers.Select(a => a.Content)));
            answers.Where(a => (int)a.Status != 200).ShouldAllBe(a => (int)a.Status == 409 && a.Text("rule") == "ORG-04");
            (await system.ScalarAsync<long>("SELECT count(*) FROM organization.shift_assignments WHERE staff = $1 AND off_at IS NULL", staff)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task By_hand_rest_leave_strangers_and_unknown_days_are_refused_and_all_or_nothing_happens()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var (staff, stranger) = (await scene.AppointAsync(), await scene.AppointAsync("customerServiceOfficer", "harbour"));
        await scene.DraftAsync();
        Task<Reply> GiveAsync(params (string Shift, int Day, string Staff)[] add) =>
            scene.ActAsync("assignments", new { remove = Array.Empty<Guid>(), add = add.Select(a => new { shift = a.Shift, date = scene.Date(a.Day), staff = a.Staff }) });
        (await GiveAsync(("evening", 3, staff))).Is(200);
        (await GiveAsync(("day", 4, staff))).Is(409).Json.GetProperty("detail").GetString()!.ShouldContain("rest");
        (await GiveAsync(("day", 3, staff))).Is(409).Text("rule").ShouldBe("ORG-04");
        (await GiveAsync(("day", 9, staff), ("day", 9, stranger))).Is(409).Json.GetProperty("detail").GetString()!.ShouldContain(stranger);
        (await scene.PeopleAsync("day", 9)).ShouldBeEmpty("all or nothing");
        (await GiveAsync(("regular", 9, staff))).Is(404).Error("add").ShouldNotBeEmpty();
        (await scene.ActAsync("assignments", new { remove = new[] { Guid.NewGuid() }, add = Array.Empty<object>() })).Is(404).Error("remove").ShouldNotBeEmpty();

        var leave = (await scene.AskLeaveAsync(staff, scene.At(20, 0), scene.At(21, 0))).Is(201).Id;
        (await GiveAsync(("day", 20, staff))).Is(200);
        (await scene.ActAsync("assignments", new { remove = new[] { (await scene.PeopleAsync("day", 20)).Single().Id }, add = Array.Empty<object>() })).Is(200);
        (await system.Admin.PostAsync($"/api/v1/leave-requests/{leave}/signature")).Is(200);
        (await GiveAsync(("day", 20, staff))).Is(409).Json.GetProperty("detail").GetString()!.ShouldContain("leave");
        // One microsecond into the evening shift of the day before is on leave, too.
        (await GiveAsync(("evening", 19, staff))).Is(409);
        (await GiveAsync(("evening", 21, staff))).Is(200);
    }

    [Fact]
    public async Task What_cannot_be_covered_is_answered_with_the_reason_for_each_person()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var staff = await scene.AppointAsync();
        var leave = (await scene.AskLeaveAsync(staff, scene.At(10, 0), scene.At(12, 0))).Is(201).Id;
        (await system.Admin.PostAsync($"/api/v1/leave-requests/{leave}/signature")).Is(200);
        await scene.DraftAsync("demo", "day");
        var answer = (await scene.ActAsync("generation", new { groups = new[] { new { people = new[] { staff }, shifts = new[] { "day" } } }, daysOff = 0 })).Is(200);
        answer.Json.GetProperty("uncovered").EnumerateArray().Select(u => (Text(u, "date"), Text(u.GetProperty("why")[0], "staff"), Text(u.GetProperty("why")[0], "reason")))
            .ShouldBe([(scene.Date(10), staff, "onLeave"), (scene.Date(11), staff, "onLeave")]);
        (await scene.ActAsync("generation", new { groups = new[] { new { people = new[] { staff, staff }, shifts = new[] { "day" } } } })).Is(400).Error("groups").ShouldNotBeEmpty();
        (await scene.ActAsync("generation", new { groups = new[] { new { people = new[] { "nobody" }, shifts = new[] { "day" } } } })).Is(409).Text("rule").ShouldBe("ORG-04");
        // Published with gaps: each is told once.
        (await scene.ActAsync("publication")).Is(200);
        (await scene.ToldAsync("duty.uncovered")).ShouldBe(2);
    }

    [Fact]
    public async Task A_correction_takes_and_gives_with_a_reason_and_tells_those_it_concerns()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var (first, second) = (await scene.AppointAsync(), await scene.AppointAsync());
        await scene.PublishedForAsync("day", 12, first);
        var shift = (await scene.PeopleAsync("day", 12)).Single().Id;
        object Body(string? reason) => new { remove = new[] { shift }, add = new[] { new { shift = "day", date = scene.Date(12), staff = second } }, reason };
        (await scene.ActAsync("correction", Body(null))).Is(400).Error("reason").ShouldNotBeEmpty();
        (await scene.ActAsync("correction", Body("突发疾病"))).Is(200);
        (await scene.PeopleAsync("day", 12)).Single().Staff.ShouldBe(second);
        (await scene.ToldAsync("duty.shift-reassigned", first), await scene.ToldAsync("duty.shift-reassigned", second), await scene.ToldAsync("duty.uncovered")).ShouldBe((1, 1, 0));
        (await system.ScalarAsync<string>("SELECT off_because FROM organization.shift_assignments WHERE id = $1", shift)).ShouldBe("corrected");
        (await scene.ActAsync("correction", Body("再次"))).Is(404);
        (await system.Admin.PostAsync("/api/v1/rosters", new { project = "demo", month = scene.Month, shifts = new[] { new { shift = "day", workingDays = 1, daysOff = 1 } } })).Is(409).Text("rule").ShouldBe("ORG-04");
    }

    [Fact]
    public async Task A_draft_whose_shifts_have_changed_is_looked_at_again_before_it_is_published()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var project = $"again-{scene.Month}";
        (await system.Admin.PostAsync("/api/v1/projects", new { code = project, name = "新", company = "demo-leasing", serviceDesk = "demo.desk" })).Is(201);
        var staff = await scene.AppointAsync("customerServiceOfficer", project);
        await scene.DraftAsync(project, "day");
        (await scene.ActAsync("assignments", new { remove = Array.Empty<Guid>(), add = new[] { new { shift = "day", date = scene.Date(3), staff }, new { shift = "day", date = scene.Date(20), staff } } }, project)).Is(200);
        (await system.Admin.SendAsync(HttpMethod.Put, $"/api/v1/shifts/{project}/day", new { nameZh = "日班", nameEn = "Day", begins = "07:00", ends = "16:00", from = scene.Date(10) }, ifMatch: "\"1\"")).Is(200);
        (await scene.ActAsync("publication", project: project)).Is(409).Text("rule").ShouldBe("ORG-04");
        var roster = await scene.RosterAsync(project);
        (await system.Admin.SendAsync(HttpMethod.Put, $"/api/v1/rosters/{project}/{scene.Month}", new { shifts = new[] { new { shift = "day", workingDays = 2, daysOff = 1 } } }, ifMatch: roster.ETag)).Is(200);
        (await scene.PeopleAsync("day", 3, project)).ShouldHaveSingleItem();
        (await scene.PeopleAsync("day", 20, project)).ShouldBeEmpty("its hours are others now");
        var working = system.Host.Services.GetRequiredService<OrganizationDirectory>().Current.Calendar;
        scene.Slot(await scene.RosterAsync(project), "day", 3).GetProperty("needed").GetInt32().ShouldBe(working.Day(scene.First.PlusDays(2)).IsWorking ? 2 : 1);
        (await scene.ActAsync("publication", project: project)).Is(200);
    }

    private static string Text(JsonElement json, string property) => json.GetProperty(property).GetString()!;
}
