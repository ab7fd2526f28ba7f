using NodaTime;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>What new policy values do to deadlines. In a database of its own: other tests count on the packs' values.</summary>
public sealed class ClocksPolicyValueTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    [Fact]
    [Trait("Rule", "ORG-08")]
    public async Task A_new_value_moves_no_running_clock_and_the_next_clock_uses_it_as_version_1()
    {
        var start = await system.MorningAsync();
        var old = await system.RegisterAsync();
        (await system.Admin.PostAsync("/api/v1/policies", new { project = "demo", name = "complaints.feedback", value = "PT12H", reason = "新承诺" })).Is(201).Json.GetProperty("version").GetInt32().ShouldBe(1);
        var young = await system.RegisterAsync();

        (await system.ClockAsync(old, "feedback")).ShouldSatisfyAllConditions(c => c.DueAt.ShouldBe(start + Duration.FromHours(24)), c => c.PolicyVersion.ShouldBe(0));
        (await system.ClockAsync(young, "feedback")).ShouldSatisfyAllConditions(c => c.DueAt.ShouldBe(start + Duration.FromHours(12)), c => c.PolicyVersion.ShouldBe(1), c => c.Policy.ShouldBe("complaints.feedback"));
        (await system.ClockAsync(young, "escalation")).PolicyVersion.ShouldBe(0);

        await system.SetAsync(start + Duration.FromHours(12) + ClocksSystem.Microsecond);
        (await system.ClockAsync(old, "feedback")).State.ShouldBe("running");
        (await system.ClockAsync(young, "feedback")).State.ShouldBe("breached");

        // The next round of the old case is a new clock.
        await system.DoAsync(old, "acceptance");
        await system.DoAsync(old, "resolution");
        await system.DoAsync(old, "reopening");
        (await system.ClocksAsync(old, "feedback")).Select(c => (c.Cycle, c.PolicyVersion)).ShouldBe([(1, 0), (2, 1)]);
        (await VersionAsync("demo")).ShouldBe(1);
        (await VersionAsync("harbour")).ShouldBe(0);

        async Task<int> VersionAsync(string project) => (await system.Admin.GetAsync($"/api/v1/policies?project={project}")).Is(200).Json.GetProperty("items").EnumerateArray()
            .Single(p => p.GetProperty("name").GetString() == "complaints.feedback").GetProperty("version").GetInt32();
    }

    [Fact]
    [Trait("Rule", "ORG-08")]
    public async Task A_value_with_a_date_ahead_counts_from_that_instant_on()
    {
        var start = await system.MorningAsync();
        var from = start + Duration.FromDays(2);
        (await system.Admin.PostAsync("/api/v1/policies", new { project = "harbour", name = "complaints.report-to-head", value = "PT5M", reason = "试行", effectiveFrom = ClocksSystem.Write(from) })).Is(201);
        (await system.Admin.PostAsync("/api/v1/policies", new { project = "harbour", name = "complaints.report-to-head", value = "PT5M", reason = "倒填", effectiveFrom = ClocksSystem.Write(start - ClocksSystem.Microsecond) })).Is(400);
        (string, object?)[] harbour = [.. ClocksSystem.Major, ("project", "harbour")];

        await system.SetAsync(from - ClocksSystem.Microsecond);
        var before = await system.ClockAsync(await system.RegisterAsync(more: harbour), "headReport");
        before.ShouldSatisfyAllConditions(c => (c.DueAt - c.StartedAt).ShouldBe(Duration.FromMinutes(10)), c => c.PolicyVersion.ShouldBe(0));
        await system.SetAsync(from);
        var after = await system.ClockAsync(await system.RegisterAsync(more: harbour), "headReport");
        after.ShouldSatisfyAllConditions(c => (c.DueAt - c.StartedAt).ShouldBe(Duration.FromMinutes(5)), c => c.PolicyVersion.ShouldBe(1));
    }
}
