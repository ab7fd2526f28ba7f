using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests.Duty;

/// <summary>ORG-04: swaps: asked by one, agreed by the other, approved by a supervisor; the database decides races.</summary>
[Trait("Rule", "ORG-04")]
public sealed class SwapTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    [Fact]
    public async Task A_swap_is_asked_agreed_and_approved_and_then_each_has_the_others_shift()
    {
        var (scene, staff) = await TwoDaysAsync();
        var (asker, other, third) = (await system.SignInAsync(staff[0]), await system.SignInAsync(staff[1]), await system.SignInAsync(await scene.AppointAsync()));
        var (mine, theirs) = ((await scene.PeopleAsync("day", 10)).Single().Id, (await scene.PeopleAsync("day", 20)).Single().Id);
        (await third.PostAsync($"/api/v1/shift-assignments/{mine}/swap", new { staff = staff[1], wanted = theirs })).Is(404);
        (await asker.PostAsync($"/api/v1/shift-assignments/{mine}/swap", new { staff = staff[1], wanted = mine })).Is(404).Error("wanted").ShouldNotBeEmpty();
        (await asker.PostAsync($"/api/v1/shift-assignments/{mine}/swap", new { staff = staff[0] })).Is(409).Text("rule").ShouldBe("ORG-04");
        var swap = (await asker.PostAsync($"/api/v1/shift-assignments/{mine}/swap", new { staff = staff[1], wanted = theirs })).Is(201).Id;
        var path = $"/api/v1/swaps/{swap}";
        var early = (await system.Admin.PostAsync($"{path}/approval")).Is(409);
        (early.Text("rule"), string.Join(", ", early.Json.GetProperty("allowed").EnumerateArray())).ShouldBe(("ORG-04", "answer, withdrawal"));
        (await asker.PostAsync($"{path}/answer", new { agrees = true })).Is(404);
        (await other.PostAsync($"{path}/answer", new { agrees = true })).Is(200);
        (await other.ListAsync("/api/v1/swaps/mine?status=agreed")).ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(swap);
        (await scene.PeopleAsync("day", 10)).Single().Staff.ShouldBe(staff[0], "nothing changes before it is approved");
        (await other.PostAsync($"{path}/approval")).Is(403);
        (await system.Admin.PostAsync($"{path}/approval")).Is(200);
        ((await scene.PeopleAsync("day", 10)).Single().Staff, (await scene.PeopleAsync("day", 20)).Single().Staff).ShouldBe((staff[1], staff[0]));
        (await scene.ToldAsync("duty.shift-reassigned", staff[0])).ShouldBe(2);
        (await scene.GapsAsync()).ShouldBeEmpty();
        (await scene.ToldAsync("duty.uncovered")).ShouldBe(0);
        (await asker.PostAsync($"{path}/withdrawal")).Is(409).Text("rule").ShouldBe("ORG-04");
    }

    [Fact]
    public async Task Everything_is_looked_at_again_when_it_is_approved()
    {
        var (scene, staff) = await TwoDaysAsync();
        var swap = await AgreedAsync(staff[0], (await scene.PeopleAsync("day", 10)).Single().Id, staff[1], wanted: null);
        var leave = (await scene.AskLeaveAsync(staff[1], scene.At(10, 16), scene.At(10, 18))).Is(201).Id;
        (await system.Admin.PostAsync($"/api/v1/leave-requests/{leave}/signature")).Is(200);
        (await system.Admin.PostAsync($"/api/v1/swaps/{swap}/approval")).Is(409).Json.GetProperty("detail").GetString()!.ShouldContain("leave");
        (await scene.PeopleAsync("day", 10)).Single().Staff.ShouldBe(staff[0]);
        // The leave withdrawn, nothing speaks against it any more, until the shift begins.
        (await (await system.SignInAsync(staff[1])).PostAsync($"/api/v1/leave-requests/{leave}/withdrawal")).Is(200);
        await system.SetAsync(scene.At(10, 8));
        (await system.Admin.PostAsync($"/api/v1/swaps/{swap}/approval")).Is(409).Text("rule").ShouldBe("ORG-04");
        (await system.Admin.PostAsync($"/api/v1/swaps/{swap}/refusal", new { reason = "已开始" })).Is(200);
    }

    [Fact]
    public async Task Whoever_decides_does_so_in_their_own_name_and_not_by_a_key()
    {
        var (scene, staff) = await TwoDaysAsync();
        var machine = system.Host.Machine((await system.Admin.PostAsync("/api/v1/api-keys", new { name = "supervisor's", permissions = new[] { "duty.decide", "duty.read" }, project = "demo" })).Is(201).Text("key"));
        var swap = await AgreedAsync(staff[0], (await scene.PeopleAsync("day", 10)).Single().Id, staff[1], wanted: null);
        var leave = (await scene.AskLeaveAsync(staff[0], scene.At(20, 6), scene.At(20, 8))).Is(201).Id;
        foreach (var path in new[] { $"/api/v1/swaps/{swap}/approval", $"/api/v1/leave-requests/{leave}/signature" })
            (await machine.PostAsync(path)).Is(409).Text("rule").ShouldBe("ORG-04");
        foreach (var path in new[] { $"/api/v1/swaps/{swap}/refusal", $"/api/v1/leave-requests/{leave}/refusal" })
            (await machine.PostAsync(path, new { reason = "x" })).Is(409).Text("rule").ShouldBe("ORG-04");
        (await system.Admin.PostAsync($"/api/v1/swaps/{swap}/approval")).Is(200);
    }

    [Fact]
    public async Task Nobody_approves_a_swap_of_their_own_and_a_declined_one_is_over()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var (boss, staff) = (await scene.AppointAsync("areaManager"), await scene.AppointAsync());
        await scene.PublishedForAsync("day", 10, boss);
        var (mine, api) = ((await scene.PeopleAsync("day", 10)).Single().Id, await system.SignInAsync(boss));
        var swap = await AgreedAsync(boss, mine, staff, wanted: null);
        (await api.PostAsync($"/api/v1/swaps/{swap}/approval")).Is(409).Text("rule").ShouldBe("ORG-04");
        var declined = (await api.PostAsync($"/api/v1/shift-assignments/{mine}/swap", new { staff })).Is(201).Id;
        (await (await system.SignInAsync(staff)).PostAsync($"/api/v1/swaps/{declined}/answer", new { agrees = false })).Is(200);
        (await system.Admin.PostAsync($"/api/v1/swaps/{declined}/approval")).Is(409);
        (await system.Admin.GetAsync($"/api/v1/swaps/{declined}")).Is(200).Text("status").ShouldBe("declined");
    }

    [Fact]
    public async Task Of_swaps_of_the_same_shift_approved_at_once_at_two_hosts_one_is_carried_out()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var other = await (await system.StartHostAsync()).SignInAsync("demo.admin");
        var staff = await scene.AppointAsync(5);
        await scene.DraftAsync("demo", "day");
        (await scene.ActAsync("assignments", new { remove = Array.Empty<Guid>(), add = Enumerable.Range(1, 5).Select(day => new { shift = "day", date = scene.Date(day * 5), staff = staff[0] }) })).Is(200);
        (await scene.ActAsync("publication")).Is(200);
        for (var round = 1; round <= 5; round++)
        {
            var shift = (await scene.PeopleAsync("day", round * 5)).Single().Id;
            var swaps = new List<Guid>();
            foreach (var taker in staff[1..]) swaps.Add(await AgreedAsync(staff[0], shift, taker, wanted: null));
            var answers = await Crowd.AtOnceAsync(swaps.Select((id, i) => (Func<Task<Reply>>)(() => (i % 2 == 0 ? system.Admin : other).PostAsync($"/api/v1/swaps/{id}/approval"))));
            answers.Count(a => (int)a.Status == 200).ShouldBe(1, string.Join('\n', answers.Select(a => a.Content)));
            answers.Where(a => (int)a.Status != 200).ShouldAllBe(a => (int)a.Status == 409 && a.Text("rule") == "ORG-04");
            (await scene.PeopleAsync("day", round * 5)).ShouldHaveSingleItem().Staff.ShouldBe(staff[1 + Array.FindIndex(answers, a => (int)a.Status == 200)]);
        }
    }

    [Fact]
    public async Task Of_swaps_that_would_bring_somebody_two_shifts_at_once_the_database_lets_one_through()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var other = await (await system.StartHostAsync()).SignInAsync("demo.admin");
        var staff = await scene.AppointAsync(3);
        (await system.Admin.PostAsync("/api/v1/rosters", new { project = "demo", month = scene.Month, shifts = new[] { new { shift = "day", workingDays = 1, daysOff = 1 }, new { shift = "regular", workingDays = 1, daysOff = 1 } } })).Is(201);
        (await scene.ActAsync("assignments", new { remove = Array.Empty<Guid>(), add = new[] { new { shift = "day", date = scene.Date(10), staff = staff[0] }, new { shift = "regular", date = scene.Date(10), staff = staff[1] } } })).Is(200);
        (await scene.ActAsync("publication")).Is(200);
        var first = await AgreedAsync(staff[0], (await scene.PeopleAsync("day", 10)).Single().Id, staff[2], wanted: null);
        var second = await AgreedAsync(staff[1], (await scene.PeopleAsync("regular", 10)).Single().Id, staff[2], wanted: null);
        var answers = await Crowd.AtOnceAsync(new Func<Task<Reply>>[] { () => system.Admin.PostAsync($"/api/v1/swaps/{first}/approval"), () => other.PostAsync($"/api/v1/swaps/{second}/approval") });
        answers.Select(a => (int)a.Status).Order().ShouldBe([200, 409]);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.shift_assignments WHERE staff = $1 AND off_at IS NULL", staff[2])).ShouldBe(1);
    }

    /// <summary>Two people, of whom one has the day shift of the tenth and the other that of the twentieth.</summary>
    private async Task<(DutyScene Scene, string[] Staff)> TwoDaysAsync()
    {
        var scene = await DutyScene.NextMonthAsync(system);
        var staff = await scene.AppointAsync(2);
        (await system.Admin.PostAsync("/api/v1/rosters", new
        {
            project = "demo", month = scene.Month, shifts = new[] { new { shift = "day", workingDays = 0, daysOff = 0 } },
            days = new[] { new { date = scene.Date(10), shift = "day", needed = 1 }, new { date = scene.Date(20), shift = "day", needed = 1 } },
        })).Is(201);
        (await scene.ActAsync("assignments", new { remove = Array.Empty<Guid>(), add = new[] { new { shift = "day", date = scene.Date(10), staff = staff[0] }, new { shift = "day", date = scene.Date(20), staff = staff[1] } } })).Is(200);
        (await scene.ActAsync("publication")).Is(200);
        await system.Admin.SettleAsync();
        return (scene, staff);
    }

    private async Task<Guid> AgreedAsync(string asker, Guid shift, string other, Guid? wanted)
    {
        var swap = (await (await system.SignInAsync(asker)).PostAsync($"/api/v1/shift-assignments/{shift}/swap", new { staff = other, wanted })).Is(201).Id;
        (await (await system.SignInAsync(other)).PostAsync($"/api/v1/swaps/{swap}/answer", new { agrees = true })).Is(200);
        return swap;
    }
}
