using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using NodaTime;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-06: the agent monitor.</summary>
[Trait("Rule", "ORG-06")]
public sealed class AgentTests(ClocksSystem system) : IClassFixture<ClocksSystem>, IDisposable
{
    private const string Agents = "/api/v1/agents", Calls = "/api/v1/agents/calls";
    private readonly Statements statements = new();

    public void Dispose() => statements.Dispose();

    [Fact]
    public async Task The_monitor_shows_every_agent_and_what_they_are_doing_since_when()
    {
        var morning = await system.MorningAsync();
        var (agent, manager) = (await AppointAsync("monitor.one"), await system.SignInAsync("demo.manager"));
        (await FindAsync(manager, "monitor.one")).ShouldSatisfyAllConditions(a => a.GetProperty("state").GetString().ShouldBe("off"), a => a.GetProperty("since").ValueKind.ShouldBe(JsonValueKind.Null));
        await SayAsync(agent, "withCustomer");
        (await FindAsync(manager, "monitor.one")).ShouldSatisfyAllConditions(a => a.GetProperty("state").GetString().ShouldBe("withCustomer"), a => ClockSeen.At(a, "since").ShouldBe(morning));
        (await manager.ListAsync($"{Agents}?state=withCustomer")).ShouldContain(a => a.GetProperty("staff").GetString() == "monitor.one");
        (await manager.ListAsync($"{Agents}?state=onDuty")).ShouldNotContain(a => a.GetProperty("staff").GetString() == "monitor.one");
        await system.SetAsync(morning + Duration.FromHours(12));
        (await FindAsync(manager, "monitor.one")).ShouldSatisfyAllConditions(a => a.GetProperty("state").GetString().ShouldBe("off"), a => a.GetProperty("byRule").GetBoolean().ShouldBeTrue());
        (await manager.ListAsync($"{Agents}?state=off")).ShouldContain(a => a.GetProperty("staff").GetString() == "monitor.one");
        (await manager.ListAsync(Agents)).ShouldNotContain(a => a.GetProperty("staff").GetString() == "demo.admin", "who may do everything is no agent for that");
        var stranger = await system.SignInAsync("harbour.officer");
        (await stranger.ListAsync(Agents)).Select(a => a.GetProperty("staff").GetString()).ShouldNotContain("monitor.one");
        (await stranger.GetAsync($"{Agents}/monitor.one/day?date=2026-03-02")).Is(404);
    }

    [Fact]
    public async Task However_many_agents_there_are_the_monitor_asks_the_database_once()
    {
        await system.MorningAsync();
        var asked = new List<int>();
        foreach (var code in new[] { "many.one", "many.two", "many.three" })
        {
            await SayAsync(await AppointAsync(code), "onDuty");
            using var client = new HttpClient { BaseAddress = system.Host.Address };
            var token = (await system.Host.Anonymous().PostAsync("/dev/token", new { staff = "demo.manager" }, key: null)).Text("token");
            var trace = Guid.NewGuid().ToString("N");
            using var request = new HttpRequestMessage(HttpMethod.Get, Agents) { Headers = { { "traceparent", $"00-{trace}-00f067aa0ba902b7-01" }, { "Authorization", $"Bearer {token}" } } };
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            answer.IsSuccessStatusCode.ShouldBeTrue();
            asked.Add(statements.Of(trace).Count);
            statements.Of(trace).Where(s => s.Contains("organization.", StringComparison.Ordinal)).Distinct().ShouldHaveSingleItem();
        }

        asked.Distinct().ShouldHaveSingleItem("not one more for one more agent");
    }

    [Fact]
    public async Task An_agents_day_counts_time_in_each_state_calls_and_cases_between_the_midnights_of_its_zone()
    {
        var morning = await system.MorningAsync();
        var (agent, manager) = (await AppointAsync("day.one"), await system.SignInAsync("demo.manager"));
        await SayAsync(agent, "onDuty");
        await system.SetAsync(morning + Duration.FromMinutes(60));
        await SayAsync(agent, "withCustomer");
        (await agent.RegisterAsync()).Is(201);
        await system.SetAsync(morning + Duration.FromMinutes(75));
        await SayAsync(agent, "away", "rest");
        await system.SetAsync(morning + Duration.FromMinutes(85));
        await CallAsync("day-1", "day.one", "answered", morning + Duration.FromMinutes(60));
        await CallAsync("day-1", "day.one", "ended", morning + Duration.FromMinutes(75));
        await CallAsync("day-2", "day.one", "missed", morning + Duration.FromMinutes(61));
        var date = morning.InZone(DateTimeZoneProviders.Tzdb["Asia/Shanghai"]).Date;
        var day = await DayAsync(manager, "day.one", date);
        day.ShouldBe("PT1H PT15M PT10M 1 1 PT15M 1");

        // The evening shift goes on after midnight; each day has its part, and the rule ends it at four.
        await system.SetAsync(morning + Duration.FromHours(13));
        await SayAsync(agent, "onDuty");
        await system.SetAsync(morning + Duration.FromDays(2));
        (await DayAsync(manager, "day.one", date)).ShouldBe("PT2H PT15M PT11H45M 1 1 PT15M 1");
        (await DayAsync(manager, "day.one", date.PlusDays(1))).ShouldBe("PT4H PT0S PT0S 0 0 PT0S 0");
        (await DayAsync(manager, "day.one", date.PlusDays(2))).ShouldBe("PT0S PT0S PT0S 0 0 PT0S 0");
        (await DayAsync(manager, "day.one", date.PlusDays(-1))).ShouldBe("PT0S PT0S PT0S 0 0 PT0S 0");
    }

    [Fact]
    public async Task In_whichever_order_and_however_late_calls_are_reported_the_day_comes_out_the_same()
    {
        var morning = await system.MorningAsync();
        (string Call, string Event, int Minute)[] facts = [("1", "missed", 0), ("1", "answered", 2), ("1", "ended", 5), ("2", "missed", 3), ("3", "answered", 10), ("3", "ended", 11), ("3", "ended", 14), ("3", "answered", 12)];
        var random = new Random(20261122);
        await system.SetAsync(morning + Duration.FromDays(3));
        var date = morning.InZone(DateTimeZoneProviders.Tzdb["Asia/Shanghai"]).Date;
        for (var round = 0; round < 4; round++)
        {
            var code = $"order.agent{round}";
            await AppointAsync(code);
            var told = facts.Concat(random.GetItems(facts, 3)).ToArray();
            random.Shuffle(told);
            foreach (var (call, @event, minute) in told) (await ReportAsync(system.Admin, $"{code}-{call}", code, @event, morning + Duration.FromMinutes(minute))).Ok();
            (await DayAsync(system.Admin, code, date)).ShouldBe("PT0S PT0S PT0S 2 1 PT7M 0");
        }
    }

    [Fact]
    public async Task The_same_event_from_many_clients_at_once_is_one_fact()
    {
        var morning = await system.MorningAsync();
        await AppointAsync("crowd.agent");
        var other = await system.StartHostAsync();
        var crowd = await Crowd.SignInAsync(12, "demo.admin", system.Host, other);
        var answers = await Crowd.AtOnceAsync(crowd.Select(api => (Func<Task<Reply>>)(() => ReportAsync(api, "crowd-1", "crowd.agent", "answered", morning))));
        answers.Count(a => (int)a.Status == 201).ShouldBe(1);
        answers.Count(a => (int)a.Status == 200).ShouldBe(11);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.call_events WHERE staff = 'crowd.agent'")).ShouldBe(1);
    }

    [Fact]
    public async Task Call_centre_software_reports_with_its_key_and_is_told_what_is_wrong()
    {
        var morning = await system.MorningAsync();
        var key = (await system.Admin.PostAsync("/api/v1/api-keys", new { name = "call centre", permissions = new[] { "organization.report-calls" } })).Is(201).Text("key");
        var software = system.Host.Machine(key);
        (await ReportAsync(software, "key-1", "call.agent", "answered", morning)).Is(201).Json.GetProperty("new").GetBoolean().ShouldBeTrue();
        (await ReportAsync(software, "key-1", "call.agent", "answered", morning)).Is(200).Json.GetProperty("new").GetBoolean().ShouldBeFalse();
        (await ReportAsync(software, "key-1", "nobody", "answered", morning)).Is(404).Error("staff").ShouldNotBeEmpty();
        (await ReportAsync(software, "key-1", "call.agent", "answered", morning + Duration.FromMinutes(5))).Is(201);
        (await ReportAsync(software, "key-1", "call.agent", "answered", morning + Duration.FromMinutes(5) + ClocksSystem.Microsecond)).Is(400).Error("at").ShouldNotBeEmpty();
        (await ReportAsync(software, "key-1", "call.agent", "rang", morning)).Is(400).Error("event").ShouldNotBeEmpty();
        (await ReportAsync(await system.SignInAsync("demo.manager"), "key-1", "call.agent", "ended", morning)).Is(403);
    }

    /// <summary>An agent of the project <c>demo</c>.</summary>
    private async Task<Api> AppointAsync(string code)
    {
        (await system.Admin.PostAsync("/api/v1/staff", new { code, name = code, subject = code })).Is(201);
        (await system.Admin.PostAsync($"/api/v1/staff/{code}/roles", new { role = "callCentreAgent", scope = "project", place = "demo" })).Is(201);
        return await system.SignInAsync(code);
    }

    private static async Task SayAsync(Api api, string state, string? reason = null) => (await api.PostAsync("/api/v1/presence", new { state, project = "demo", reason })).Is(200);

    private static async Task<JsonElement> FindAsync(Api api, string staff) => (await api.ListAsync(Agents, limit: 2)).Single(a => a.GetProperty("staff").GetString() == staff);

    private async Task CallAsync(string call, string staff, string @event, Instant at) => (await ReportAsync(system.Admin, call, staff, @event, at)).Is(201);

    private static Task<Reply> ReportAsync(Api api, string call, string staff, string @event, Instant at) => api.PostAsync(Calls, new { system = "callcentre-1", call, staff, @event, at });

    private static async Task<string> DayAsync(Api api, string staff, LocalDate date)
    {
        var day = (await api.GetAsync($"{Agents}/{staff}/day?date={date:uuuu-MM-dd}")).Is(200).Json;
        return string.Join(' ', new[] { "ready", "busy", "away", "callsHandled", "callsMissed", "talkTime", "casesRegistered" }.Select(n => day.GetProperty(n).ToString()));
    }
}
