using Crm.ApiTests.Infrastructure;
using NodaTime;
using NodaTime.Text;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>The test clock of Development.</summary>
public sealed class ClocksTestClockTests(ClocksSystem system, TestServer server) : IClassFixture<ClocksSystem>
{
    [Fact]
    public async Task It_stands_where_it_was_put_to_the_microsecond_for_every_host()
    {
        var start = await system.MorningAsync();
        await system.SetAsync(start + ClocksSystem.Microsecond);
        var other = (await system.StartHostAsync()).Anonymous();
        await Task.Delay(20, TestContext.Current.CancellationToken);
        Now(await other.GetAsync("/dev/clock")).ShouldBe(start + ClocksSystem.Microsecond);
        Now(await other.PostAsync("/dev/clock", new { advance = "PT0.000001S" }, key: null)).ShouldBe(start + ClocksSystem.Microsecond * 2);
        Now(await system.Admin.GetAsync("/dev/clock")).ShouldBe(start + ClocksSystem.Microsecond * 2);
        var id = await system.RegisterAsync();
        (await system.ClockAsync(id, "feedback")).StartedAt.ShouldBe(start + ClocksSystem.Microsecond * 2);
    }

    [Fact]
    public async Task It_advances_by_days_and_hours_and_tells_what_happened_on_the_way()
    {
        var start = await system.MorningAsync();
        await system.RegisterAsync();
        var answer = (await system.Admin.PostAsync("/dev/clock", new { advance = "P11D" }, key: null)).Is(200);
        Now(answer).ShouldBe(start + Duration.FromDays(11));
        // Eight rungs of one case come on the way; the host's own sweep may write some of them first.
        answer.Json.GetProperty("handled").GetInt64().ShouldBeGreaterThan(0);
        answer.Json.GetProperty("parked").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task It_walks_through_each_due_instant_in_order_so_that_nothing_is_late()
    {
        var start = await system.MorningAsync();
        var (_, followUp) = await system.ResolvedAsync();
        var id = await system.RegisterAsync();
        await system.SetAsync(start + Duration.FromDays(12));
        foreach (var kind in new[] { "feedback", "escalation", "headReport", "solution" })
        {
            (await system.ClockAsync(id, kind)).Rungs.ShouldSatisfyAllConditions(
                r => r.Count.ShouldBe(2, kind), r => r.ShouldAllBe(x => !x.Late), r => r[0].WrittenAt.ShouldBe(r[0].At), r => r[1].WrittenAt.ShouldBe(r[1].At + ClocksSystem.Microsecond));
        }

        (await system.FollowUpClocksAsync(followUp, "due")).Single().GetProperty("late").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Before_a_recorded_instant_it_does_not_go()
    {
        var start = await system.MorningAsync();
        await system.RegisterAsync();
        var refused = (await system.Admin.PostAsync("/dev/clock", new { now = ClocksSystem.Write(start - ClocksSystem.Microsecond) }, key: null)).Is(409);
        refused.ContentType.ShouldBe("application/problem+json");
        refused.Json.GetProperty("allowed").EnumerateArray().Single().GetString()!.ShouldContain(ClocksSystem.Write(start));
        Now(await system.Admin.GetAsync("/dev/clock")).ShouldBe(start);
        await system.SetAsync(start);
    }

    [Fact]
    public async Task Until_somebody_sets_it_real_time_runs_and_what_was_recorded_then_holds_too()
    {
        await using var fresh = new CrmSystem(server);
        await fresh.InitializeAsync();
        var real = SystemClock.Instance.GetCurrentInstant();
        (Now(await fresh.Admin.GetAsync("/dev/clock")) - real).TotalMinutes.ShouldBeInRange(-1, 1);
        await fresh.Admin.RegisterAsync();
        (await fresh.Admin.PostAsync("/dev/clock", new { now = ClocksSystem.Write(real - Duration.FromMinutes(10)) }, key: null)).Is(409);
        Now((await fresh.Admin.PostAsync("/dev/clock", new { advance = "PT24H" }, key: null)).Is(200)).ShouldBeGreaterThan(real + Duration.FromHours(23));
    }

    [Fact]
    public async Task With_nothing_recorded_it_goes_to_any_year()
    {
        await using var fresh = new CrmSystem(server);
        await fresh.InitializeAsync();
        await fresh.Admin.SetClockAsync("2018-01-01T00:00:00Z");
        (await fresh.Admin.RegisterAsync()).Is(201).Text("number").ShouldStartWith("TS20180101-");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"now":"2030-01-01T00:00:00Z","advance":"PT1H"}""")]
    [InlineData("""{"advance":"PT-1H"}""")]
    [InlineData("""{"advance":"P3651D"}""")]
    [InlineData("""{"advance":"P1M"}""")]
    [InlineData("""{"advance":"PT9223372036854775807H"}""")]
    [InlineData("""{"advance":24}""")]
    [InlineData("""{"now":"9999-12-31T23:59:59Z"}""")]
    [InlineData("""{"now":"2030-01-01T00:00:00"}""")]
    [InlineData("""{"now":null}""")]
    [InlineData("""{"hour":1}""")]
    public async Task Anything_else_is_malformed(string body) => (await system.Admin.PostAsync("/dev/clock", body, key: null)).Is(400);

    private static Instant Now(Reply reply) => InstantPattern.ExtendedIso.Parse(reply.Json.GetProperty("now").GetString()!).GetValueOrThrow();
}
