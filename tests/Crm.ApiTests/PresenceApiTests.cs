using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Crm.Organization.Contracts;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-04: who is on duty, with a customer or away, over HTTP.</summary>
[Trait("Rule", "ORG-04")]
public sealed class PresenceApiTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    private const string Path = "/api/v1/presence";

    [Fact]
    public async Task Somebody_says_what_they_are_doing_and_their_supervisor_sees_it()
    {
        var morning = await system.MorningAsync();
        var (officer, supervisor) = (await system.SignInAsync("demo.officer"), await system.SignInAsync("demo.supervisor"));
        (await SayAsync(officer, "onDuty")).Text("offAt").ShouldBe(ClocksSystem.Write(morning + Duration.FromHours(12)));
        await system.SetAsync(morning + Duration.FromMinutes(30));
        (await SayAsync(officer, "away", "meal")).Text("reason").ShouldBe("meal");
        var seen = (await supervisor.ListAsync($"{Path}?project=demo")).Single(p => p.GetProperty("staff").GetString() == "demo.officer");
        seen.GetProperty("state").GetString().ShouldBe("away");
        ClockSeen.At(seen, "since").ShouldBe(morning + Duration.FromMinutes(30));
        (await ListedAsync(supervisor, "away")).ShouldContain("demo.officer");
        (await ListedAsync(supervisor, "onDuty")).ShouldNotContain("demo.officer");

        var history = await supervisor.ListAsync("/api/v1/staff/demo.officer/presence", limit: 1);
        history.Take(2).Select(i => (i.GetProperty("state").GetString(), ClockSeen.At(i, "from"), ClockSeen.At(i, "until")))
            .ShouldBe([("away", morning + Duration.FromMinutes(30), null), ("onDuty", morning, morning + Duration.FromMinutes(30))]);
        (await officer.GetAsync($"{Path}?project=demo")).Is(403);
        (await (await system.SignInAsync("harbour.officer")).GetAsync("/api/v1/staff/demo.officer/presence")).Is(404);
    }

    [Fact]
    public async Task Who_forgets_is_off_from_the_instant_on_for_every_reader_without_any_job()
    {
        var morning = await system.MorningAsync();
        var (officer, manager) = (await system.SignInAsync("demo.officer"), await system.SignInAsync("demo.manager"));
        await SayAsync(officer, "onDuty");
        var off = morning + Duration.FromHours(12);
        await system.SetAsync(off - ClocksSystem.Microsecond);
        (await PresentAsync()).ShouldContain("demo.officer");
        (await ListedAsync(manager, "onDuty")).ShouldContain("demo.officer");
        await system.SetAsync(off);
        (await PresentAsync()).ShouldNotContain("demo.officer");
        (await ListedAsync(manager, "onDuty")).ShouldNotContain("demo.officer");
        (await ListedAsync(manager, "off")).ShouldContain("demo.officer");
        var own = (await officer.GetAsync($"{Path}/own")).Is(200).Json;
        (own.GetProperty("state").GetString(), own.GetProperty("byRule").GetBoolean(), ClockSeen.At(own, "since")).ShouldBe(("off", true, off));
        var before = await manager.ListAsync("/api/v1/staff/demo.officer/presence", limit: 1);
        (before[0].GetProperty("by").GetString(), ClockSeen.At(before[0], "from"), ClockSeen.At(before[1], "until")).ShouldBe(("rule:ORG-04", off, off));

        // The next word writes down what the rule did: nothing that was read changes.
        await system.SetAsync(off + Duration.FromHours(1));
        await SayAsync(officer, "onDuty");
        var after = await manager.ListAsync("/api/v1/staff/demo.officer/presence");
        after.Skip(1).Select(i => i.GetProperty("from").GetString()).ShouldBe(before.Select(i => i.GetProperty("from").GetString()));
        (after[1].GetProperty("by").GetString(), ClockSeen.At(after[1], "until")).ShouldBe(("rule:ORG-04", off + Duration.FromHours(1)));
    }

    [Fact]
    public async Task The_evening_shift_goes_over_midnight_and_the_day_ends_in_the_night_by_the_projects_own_policy()
    {
        var morning = await system.MorningAsync();
        var officer = await system.SignInAsync("harbour.officer");
        await system.SetAsync(morning + Duration.FromHours(7));
        (await officer.PostAsync(Path, new { state = "onDuty", project = "harbour" })).Is(200).Text("offAt").ShouldBe(ClocksSystem.Write(morning + Duration.FromHours(18)), "four in the morning");
        (await system.Admin.PostAsync("/api/v1/policies", new { project = "harbour", name = "organization.presence-limits", value = new { silence = "PT1H", dayEnds = "04:00" }, reason = "售楼处" })).Is(201);
        (await officer.PostAsync(Path, new { state = "onDuty", project = "harbour" })).Is(200).Text("offAt").ShouldBe(ClocksSystem.Write(morning + Duration.FromHours(8)));
        (await system.Admin.PostAsync("/api/v1/policies", new { project = "harbour", name = "organization.presence-limits", value = new { silence = "PT12H", dayEnds = "04:00" }, reason = "恢复" })).Is(201);
    }

    [Fact]
    public async Task Many_clients_at_two_hosts_set_one_presence_at_once_and_the_intervals_meet_without_a_gap()
    {
        await system.MorningAsync();
        const int clients = 20;
        var other = await system.StartHostAsync();
        var crowd = await Crowd.SignInAsync(clients, "demo.desk", system.Host, other);
        var first = await system.ScalarAsync<int>("SELECT coalesce(max(number), 0) FROM organization.presence_changes WHERE staff = 'demo.desk'");
        for (var round = 0; round < 3; round++)
        {
            string[] states = ["onDuty", "withCustomer", "off"];
            (await Crowd.AtOnceAsync(crowd.Select((api, i) => (Func<Task<Reply>>)(() => api.PostAsync(Path, new { state = states[i % 3], project = "demo" }))))).ShouldAllBe(a => (int)a.Status == 200);
        }

        var changes = await system.ScalarAsync<string>("""
            SELECT json_agg(json_build_object('number', number, 'state', state) ORDER BY number)::text FROM organization.presence_changes WHERE staff = 'demo.desk' AND number > $1
            """, first);
        var told = JsonDocument.Parse(changes).RootElement.EnumerateArray().ToArray();
        told.Length.ShouldBeGreaterThanOrEqualTo(3);
        told.Select(c => c.GetProperty("number").GetInt32()).ShouldBe(Enumerable.Range(first + 1, told.Length), "numbered without gaps");
        told.Zip(told.Skip(1)).ShouldAllBe(pair => pair.First.GetProperty("state").GetString() != pair.Second.GetProperty("state").GetString(), "each change changes something");
        (await system.ScalarAsync<bool>("""
            SELECT bool_and(next_at >= at) FROM (SELECT at, lead(at) OVER (ORDER BY number) AS next_at FROM organization.presence_changes WHERE staff = 'demo.desk') AS c WHERE next_at IS NOT NULL
            """)).ShouldBeTrue("each begins where the one before it ended");
        (await system.ScalarAsync<bool>("""
            SELECT p.state = c.state AND p.since = c.at FROM organization.presences p JOIN organization.presence_changes c ON c.staff = p.staff AND c.number = p.changes
            WHERE p.staff = 'demo.desk' AND p.changes = (SELECT max(number) FROM organization.presence_changes WHERE staff = 'demo.desk')
            """)).ShouldBeTrue("the last one is the one that is open");
    }

    [Fact]
    public async Task Presence_is_in_a_project_that_is_ones_own_and_only_who_serves_the_group_is_in_none()
    {
        await system.MorningAsync();
        var (officer, agent) = (await system.SignInAsync("demo.officer"), await system.SignInAsync("call.agent"));
        (await officer.PostAsync(Path, new { state = "onDuty" })).Is(400).Error("project").ShouldNotBeEmpty();
        (await officer.PostAsync(Path, new { state = "onDuty", project = "harbour" })).Is(404);
        (await officer.PostAsync(Path, new { state = "away", project = "demo" })).Is(400).Error("reason").ShouldNotBeEmpty();
        (await officer.PostAsync(Path, new { state = "onDuty", project = "demo", reason = "meal" })).Is(400).Error("reason").ShouldNotBeEmpty();
        (await agent.PostAsync(Path, new { state = "onDuty" })).Is(200).Json.GetProperty("project").ValueKind.ShouldBe(JsonValueKind.Null);
        (await (await system.SignInAsync("demo.manager")).ListAsync(Path)).ShouldNotContain(p => p.GetProperty("staff").GetString() == "call.agent", "who is in no project is the whole group's to see");
        (await system.Admin.ListAsync(Path)).ShouldContain(p => p.GetProperty("staff").GetString() == "call.agent");
        var key = (await system.Admin.PostAsync("/api/v1/api-keys", new { name = "phone", permissions = new[] { "organization.set-presence" } })).Is(201).Text("key");
        (await system.Host.Machine(key).PostAsync(Path, new { state = "onDuty" })).Is(404);
        (await system.Host.Machine(key).GetAsync($"{Path}/own")).Is(404);
    }

    [Fact]
    public async Task What_somebody_did_at_another_project_and_after_they_have_left_is_not_told()
    {
        await system.MorningAsync();
        (await system.Admin.PostAsync("/api/v1/staff", new { code = "both.projects", name = "两地", subject = "both.projects" })).Is(201);
        foreach (var project in new[] { "demo", "harbour" })
            (await system.Admin.PostAsync("/api/v1/staff/both.projects/roles", new { role = "customerServiceOfficer", scope = "project", place = project })).Is(201);
        var (person, manager) = (await system.SignInAsync("both.projects"), await system.SignInAsync("demo.manager"));
        foreach (var project in new[] { "demo", "harbour" }) (await person.PostAsync(Path, new { state = "onDuty", project })).Is(200);
        (await manager.ListAsync("/api/v1/staff/both.projects/presence")).ShouldHaveSingleItem().GetProperty("project").GetString().ShouldBe("demo");
        (await system.Admin.ListAsync("/api/v1/staff/both.projects/presence")).Count.ShouldBe(2);
        (await PresentAsync("harbour")).ShouldContain("both.projects");
        (await system.Admin.PostAsync("/api/v1/staff/both.projects/departure", new { successor = "demo.admin", reason = "离职" })).Is(200);
        (await PresentAsync("harbour")).ShouldNotContain("both.projects");
        (await system.Admin.ListAsync(Path)).ShouldNotContain(p => p.GetProperty("staff").GetString() == "both.projects");
    }

    private static async Task<Reply> SayAsync(Api api, string state, string? reason = null) => (await api.PostAsync(Path, new { state, project = "demo", reason })).Is(200);

    private static async Task<string?[]> ListedAsync(Api api, string state) => [.. (await api.ListAsync($"{Path}?project=demo&state={state}", limit: 1)).Select(p => p.GetProperty("staff").GetString())];

    /// <summary>Whom another module would find.</summary>
    private async Task<string[]> PresentAsync(string project = "demo")
    {
        await using var scope = system.Host.Services.CreateAsyncScope();
        return [.. (await scope.ServiceProvider.GetRequiredService<WhoIsPresent>()(project, TestContext.Current.CancellationToken)).Select(p => p.Staff)];
    }
}
