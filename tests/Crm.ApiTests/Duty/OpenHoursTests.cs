using Crm.ApiTests.Infrastructure;
using NodaTime;
using Shouldly;

namespace Crm.ApiTests.Duty;

/// <summary>ORG-04: leave, departures, extensions, and that open hours are told.</summary>
[Trait("Rule", "ORG-04")]
public sealed class OpenHoursTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    [Fact]
    public async Task Leave_signed_after_publishing_opens_exactly_its_hours_and_that_is_told_once_and_again_before_they_begin()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var other = await system.StartHostAsync();
        var staff = await scene.AppointAsync();
        await scene.PublishedForAsync("day", 15, staff);
        (await scene.ToldAsync("duty.uncovered")).ShouldBe(0);
        var leave = (await scene.AskLeaveAsync(staff, scene.At(15, 10), scene.At(15, 12))).Is(201).Id;
        (await scene.GapsAsync()).ShouldBeEmpty("nobody has signed it");
        (await system.Admin.PostAsync($"/api/v1/leave-requests/{leave}/signature")).Is(200);
        (await scene.GapsAsync()).ShouldBe([("day", scene.Date(15), scene.At(15, 10), scene.At(15, 12), 1)]);
        (await scene.ToldAsync("duty.uncovered")).ShouldBe(1);
        var microsecond = ClocksSystem.Microsecond;
        (await scene.OnDutyAsync(scene.At(15, 10) - microsecond)).ShouldBe([staff]);
        (await scene.OnDutyAsync(scene.At(15, 10))).ShouldBeEmpty();
        (await scene.OnDutyAsync(scene.At(15, 12) - microsecond)).ShouldBeEmpty();
        (await scene.OnDutyAsync(scene.At(15, 12))).ShouldBe([staff]);

        // A day before the open hours begin, on two hosts.
        await system.SetAsync(scene.At(14, 10) - microsecond);
        (await scene.ToldAsync("duty.uncovered-soon")).ShouldBe(0);
        await Task.WhenAll(system.SetAsync(scene.At(14, 10)), (await other.SignInAsync("demo.admin")).SettleAsync());
        await Eventually.BecomesAsync(() => scene.ToldAsync("duty.uncovered-soon"), told => told > 0, "they are told again");
        await system.Admin.AdvanceAsync("PT1H");
        (await scene.ToldAsync("duty.uncovered-soon"), await scene.ToldAsync("duty.uncovered")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Many_hosts_tell_of_many_open_hours_once_each()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var hosts = new[] { system.Admin, await (await system.StartHostAsync()).SignInAsync("demo.admin"), await (await system.StartHostAsync()).SignInAsync("demo.admin") };
        await scene.DraftAsync("demo", "day", "evening", "regular");
        (await scene.ActAsync("publication")).Is(200);
        var days = scene.First.Calendar.GetDaysInMonth(scene.First.Year, scene.First.Month);
        (await scene.ToldAsync("duty.uncovered")).ShouldBe(days * 3);
        await Crowd.AtOnceAsync(hosts.Select(h => (Func<Task<bool>>)(async () =>
        {
            await h.PostAsync("/dev/clock", new { now = DutyScene.Write(scene.At(10, 12)) }, key: null);
            return true;
        })));
        await system.SetAsync(scene.At(10, 12));
        // Those that begin up to noon of the eleventh: day and regular of eleven days, evening of ten.
        await Eventually.BecomesAsync(() => scene.ToldAsync("duty.uncovered-soon"), told => told >= 32, "all are told");
        (await scene.ToldAsync("duty.uncovered-soon")).ShouldBe(32);
    }

    [Fact]
    public async Task Leave_is_signed_by_another_refused_with_a_reason_and_withdrawn_by_oneself()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var (staff, boss) = (await scene.AppointAsync(), await scene.AppointAsync("areaManager"));
        var (api, manager) = (await system.SignInAsync(staff), await system.SignInAsync(boss));
        await scene.PublishedForAsync("day", 15, staff);
        (await scene.AskLeaveAsync(staff, scene.At(15, 10), scene.At(15, 10))).Is(400).Error("endsAt").ShouldNotBeEmpty();
        (await scene.AskLeaveAsync(staff, scene.At(1, 10) - Duration.FromDays(100), scene.At(1, 10) - Duration.FromDays(99))).Is(409).Text("rule").ShouldBe("ORG-04");
        var leave = (await scene.AskLeaveAsync(staff, scene.At(15, 0), scene.At(16, 0))).Is(201).Id;
        var path = $"/api/v1/leave-requests/{leave}";
        (await api.PostAsync($"{path}/signature")).Is(403);
        (await manager.GetAsync(path)).Is(200).ShouldSatisfyAllConditions(l => l.Text("reason").ShouldBe("发烧"), l => l.Text("status").ShouldBe("asked"));
        (await api.GetAsync(path)).Is(403);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.leave_requests WHERE reason = convert_to('发烧', 'UTF8')")).ShouldBe(0, "why is sealed");
        (await manager.PostAsync($"{path}/refusal", new { reason = "" })).Is(400);
        (await manager.PostAsync($"{path}/refusal", new { reason = "人手不足" })).Is(200);
        (await manager.PostAsync($"{path}/signature")).Is(409).Text("rule").ShouldBe("ORG-04");
        (await api.ListAsync("/api/v1/leave-requests/mine")).ShouldHaveSingleItem().GetProperty("refusal").GetString().ShouldBe("人手不足");

        // What is refused is in nobody's way: it can be asked for again; what is signed cannot.
        var again = (await scene.AskLeaveAsync(staff, scene.At(15, 0), scene.At(16, 0))).Is(201).Id;
        (await scene.AskLeaveAsync(staff, scene.At(16, 0) - ClocksSystem.Microsecond, scene.At(17, 0))).Is(409).Text("rule").ShouldBe("ORG-04");
        (await scene.AskLeaveAsync(staff, scene.At(16, 0), scene.At(17, 0))).Is(201);
        (await manager.PostAsync($"/api/v1/leave-requests/{again}/signature")).Is(200);
        (await scene.GapsAsync()).ShouldHaveSingleItem();
        (await manager.PostAsync($"/api/v1/leave-requests/{again}/withdrawal")).Is(404);
        (await api.PostAsync($"/api/v1/leave-requests/{again}/withdrawal")).Is(200);
        (await scene.GapsAsync()).ShouldBeEmpty();
        (await manager.ListAsync("/api/v1/leave-requests?project=demo&status=withdrawn")).Count(l => l.GetProperty("id").GetGuid() == again).ShouldBe(1);

        var own = (await scene.AskLeaveAsync(boss, scene.At(15, 0), scene.At(16, 0))).Is(201).Id;
        (await manager.PostAsync($"/api/v1/leave-requests/{own}/signature")).Is(409).Text("rule").ShouldBe("ORG-04");
    }

    [Fact]
    public async Task Of_requests_for_the_same_time_at_once_one_is_taken()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var staff = await scene.AppointAsync();
        var other = await system.StartHostAsync();
        for (var round = 1; round <= 5; round++)
        {
            var crowd = await Crowd.SignInAsync(6, staff, system.Host, other);
            var answers = await Crowd.AtOnceAsync(crowd.Select((api, i) => (Func<Task<Reply>>)(() => api.PostAsync(
                "/api/v1/leave-requests", new { project = "demo", kind = "annual", startsAt = DutyScene.Write(scene.At(round * 3, i)), endsAt = DutyScene.Write(scene.At(round * 3, i + 12)), reason = "休假" }))));
            answers.Count(a => (int)a.Status == 201).ShouldBe(1);
            answers.Where(a => (int)a.Status != 201).ShouldAllBe(a => (int)a.Status == 409 && a.Text("rule") == "ORG-04");
        }
    }

    [Fact]
    public async Task Leave_that_is_signed_while_the_roster_is_published_leaves_open_hours_that_are_told()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var staff = await scene.AppointAsync();
        (await system.Admin.PostAsync("/api/v1/rosters", new { project = "demo", month = scene.Month, shifts = new[] { new { shift = "day", workingDays = 0, daysOff = 0 } }, days = new[] { new { date = scene.Date(10), shift = "day", needed = 1 } } })).Is(201);
        (await scene.ActAsync("assignments", new { remove = Array.Empty<Guid>(), add = new[] { new { shift = "day", date = scene.Date(10), staff } } })).Is(200);
        var leave = (await scene.AskLeaveAsync(staff, scene.At(10, 0), scene.At(11, 0))).Is(201).Id;

        await using var connection = await system.OpenSuperuserAsync();
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new Npgsql.NpgsqlCommand("SELECT 1 FROM organization.staff WHERE code = $1 FOR UPDATE", connection, transaction) { Parameters = { new() { Value = staff } } })
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var publication = scene.ActAsync("publication");
        await WaitingAsync(1, "the publication waits for the people in the roster");
        var signature = system.Admin.PostAsync($"/api/v1/leave-requests/{leave}/signature");
        await WaitingAsync(2, "so does the signature");
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        (await publication).Is(200);
        (await signature).Is(200);
        (await scene.GapsAsync()).ShouldHaveSingleItem();
        (await scene.ToldAsync("duty.uncovered")).ShouldBe(1);

        Task WaitingAsync(int many, string what) => Eventually.BecomesAsync(
            () => system.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%organization.staff%'"), n => n == many, what);
    }

    [Fact]
    public async Task Two_of_a_shift_who_get_leave_at_once_leave_two_open_and_the_last_word_knows_it()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var staff = await scene.AppointAsync(2);
        var other = await (await system.StartHostAsync()).SignInAsync("demo.admin");
        await scene.PublishedForAsync("day", 15, staff);
        var requests = new List<Guid>();
        foreach (var one in staff) requests.Add((await scene.AskLeaveAsync(one, scene.At(15, 0), scene.At(16, 0))).Is(201).Id);
        await Crowd.AtOnceAsync(requests.Select((id, i) => (Func<Task<Reply>>)(async () => (await (i == 0 ? system.Admin : other).PostAsync($"/api/v1/leave-requests/{id}/signature")).Is(200))));
        (await scene.GapsAsync()).ShouldHaveSingleItem().Missing.ShouldBe(2);
        (await scene.ToldAsync("duty.uncovered")).ShouldBe(2, "each opened hours");
        (await system.ScalarAsync<TimeSpan>("SELECT missing FROM organization.shift_slots s JOIN organization.rosters r ON r.id = s.roster WHERE r.month = $1 AND r.project = 'demo' AND s.needed > 0", scene.First.ToDateOnly())).ShouldBe(TimeSpan.FromHours(18));
    }

    [Fact]
    public async Task Who_leaves_the_company_has_no_shift_any_more_and_the_hours_are_told()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var (leaver, heir) = (await scene.AppointAsync(), await scene.AppointAsync());
        await scene.PublishedForAsync("day", 15, leaver);
        (await system.Admin.ListAsync($"/api/v1/staff/{leaver}/holdings")).ShouldContain(h => h.GetProperty("kind").GetString() == "shift");
        (await system.Admin.PostAsync($"/api/v1/staff/{leaver}/departure", new { successor = heir, reason = "离职" })).Is(200);
        (await scene.PeopleAsync("day", 15)).ShouldBeEmpty();
        (await scene.GapsAsync()).ShouldBe([("day", scene.Date(15), scene.At(15, 8), scene.At(15, 17), 1)]);
        (await scene.ToldAsync("duty.uncovered")).ShouldBe(1);

        // What comes to them later, from a host that did not know yet, does not stay either.
        await system.ExecuteAsync($"UPDATE organization.shift_assignments SET off_at = NULL, off_because = NULL WHERE staff = '{leaver}'");
        await Eventually.BecomesAsync(() => system.ScalarAsync<long>("SELECT count(*) FROM organization.shift_assignments WHERE staff = $1 AND off_at IS NULL", leaver), left => left == 0, "nothing is left with who has left");
    }

    [Fact]
    public async Task Who_leaves_in_the_middle_of_a_shift_was_there_until_then()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var (leaver, heir) = (await scene.AppointAsync(), await scene.AppointAsync());
        await scene.PublishedForAsync("day", 3, leaver);
        await system.SetAsync(scene.At(3, 11));
        (await system.Admin.PostAsync($"/api/v1/staff/{leaver}/departure", new { successor = heir, reason = "离职" })).Is(200);
        (await scene.GapsAsync()).ShouldBe([("day", scene.Date(3), scene.At(3, 11), scene.At(3, 17), 1)]);
        (await scene.OnDutyAsync(scene.At(3, 11) - ClocksSystem.Microsecond)).ShouldBe([leaver]);
        (await scene.OnDutyAsync(scene.At(3, 11))).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_evening_shift_continues_while_a_customer_is_being_served_and_duty_says_so()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var staff = await scene.AppointAsync();
        await scene.PublishedForAsync("evening", 8, staff);
        var (api, colleague) = (await system.SignInAsync(staff), await system.SignInAsync(await scene.AppointAsync()));
        var path = $"/api/v1/shift-assignments/{(await scene.PeopleAsync("evening", 8)).Single().Id}/extension";
        Task<Reply> ExtendAsync(Api who, Instant until) => who.PostAsync(path, new { until = DutyScene.Write(until), reason = "客户仍在现场" });
        (await ExtendAsync(api, scene.At(9, 2))).Is(409).Text("rule").ShouldBe("ORG-04");
        await system.SetAsync(scene.At(9, 0, 30));
        (await ExtendAsync(colleague, scene.At(9, 2))).Is(404);
        (await ExtendAsync(api, scene.At(9, 5) + ClocksSystem.Microsecond)).Is(409).Json.GetProperty("allowed")[0].GetString()!.ShouldContain("until <=");
        (await ExtendAsync(api, scene.At(9, 2))).Is(200);
        (await scene.OnDutyAsync(scene.At(9, 2) - ClocksSystem.Microsecond)).ShouldBe([staff]);
        (await scene.OnDutyAsync(scene.At(9, 2))).ShouldBeEmpty();
        (await system.Admin.GetAsync($"/api/v1/duty?project=demo&at={DutyScene.Write(scene.At(9, 1, 30))}")).Json.GetProperty("people")[0].GetProperty("extended").GetBoolean().ShouldBeTrue();
        await system.SetAsync(scene.At(9, 2));
        (await ExtendAsync(api, scene.At(9, 3))).Is(409);
    }

    [Fact]
    public async Task Extended_at_two_hosts_at_once_a_shift_lasts_until_the_latest_and_each_answer_was_true_in_its_turn()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var staff = await scene.AppointAsync();
        await scene.PublishedForAsync("evening", 8, staff);
        var path = $"/api/v1/shift-assignments/{(await scene.PeopleAsync("evening", 8)).Single().Id}/extension";
        await system.SetAsync(scene.At(9, 0, 30));
        var crowd = await Crowd.SignInAsync(10, staff, system.Host, await system.StartHostAsync());
        // Two of each: the second to come must be refused, also where it looked before the first had written.
        var answers = await Crowd.AtOnceAsync(crowd.Select((who, n) => (Func<Task<(int Minute, Reply Reply)>>)(async () =>
            (10 * (n / 2), await who.PostAsync(path, new { until = DutyScene.Write(scene.At(9, 2, 10 * (n / 2))), reason = "客户仍在现场" })))));
        answers.ShouldAllBe(a => (int)a.Reply.Status == 200 || (int)a.Reply.Status == 409);
        answers.Where(a => (int)a.Reply.Status == 200).Select(a => a.Minute).ShouldBeUnique();
        answers.Where(a => a.Minute == 40).Select(a => (int)a.Reply.Status).Order().ShouldBe([200, 409]);
        (await scene.OnDutyAsync(scene.At(9, 2, 40) - ClocksSystem.Microsecond)).ShouldBe([staff]);
        (await scene.OnDutyAsync(scene.At(9, 2, 40))).ShouldBeEmpty();
    }
}
