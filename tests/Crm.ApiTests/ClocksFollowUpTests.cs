using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using NodaTime;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Return visits over HTTP: their two clocks to the microsecond, who makes them, and what happens when nobody answers.</summary>
public sealed class ClocksFollowUpTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    private static readonly object Answered = new { channel = "phone", reached = true, satisfaction = 5 };
    private static readonly object Unanswered = new { channel = "phone", reached = false, notReached = "noAnswer" };

    [Theory]
    [Trait("Rule", "FUP-02")]
    [InlineData(0, "met", 0)]
    [InlineData(1, "metLate", 1)]
    public async Task Made_at_the_due_instant_it_is_in_time_a_microsecond_later_late_and_overdue_once(int microseconds, string state, int overdue)
    {
        var start = await system.MorningAsync();
        var (_, followUp) = await system.ResolvedAsync();
        var due = start + Duration.FromHours(24);
        await system.SetAsync(due + ClocksSystem.Microsecond * microseconds);
        var listed = await ListedAsync(followUp);
        listed.GetProperty("overdue").GetBoolean().ShouldBe(overdue == 1);
        ClockSeen.At(listed, "dueAt").ShouldBe(due);

        await RecordAsync(followUp, Answered, "completed");
        await system.SetAsync(due + Duration.FromDays(5));
        var clock = (await system.FollowUpClocksAsync(followUp, "due")).ShouldHaveSingleItem();
        clock.GetProperty("state").GetString().ShouldBe(state);
        ClockSeen.At(clock, "breachedAt").ShouldBe(overdue == 1 ? due : null);
        (await OverdueAsync(followUp)).ShouldBe(overdue);
    }

    [Fact]
    [Trait("Rule", "FUP-02")]
    public async Task It_warns_at_three_quarters_of_its_window()
    {
        var start = await system.MorningAsync();
        var (_, followUp) = await system.ResolvedAsync();
        var warnAt = start + Duration.FromHours(18);
        await system.SetAsync(warnAt - ClocksSystem.Microsecond);
        (await system.FollowUpClocksAsync(followUp, "due")).Single().GetProperty("state").GetString().ShouldBe("running");
        await system.SetAsync(warnAt);
        var clock = (await system.FollowUpClocksAsync(followUp, "due")).Single();
        clock.GetProperty("state").GetString().ShouldBe("warned");
        ClockSeen.At(clock, "warnedAt").ShouldBe(warnAt);
    }

    [Theory]
    [Trait("Rule", "FUP-07")]
    [InlineData(0, "met")]
    [InlineData(1, "metLate")]
    public async Task Tried_again_at_the_retrys_due_instant_is_in_time_a_microsecond_later_late(int microseconds, string state)
    {
        var start = await system.MorningAsync();
        var (_, followUp) = await system.ResolvedAsync();
        await RecordAsync(followUp, Unanswered, "planned");
        var due = start + Duration.FromHours(4);
        await system.SetAsync(due + ClocksSystem.Microsecond * microseconds);
        var running = (await system.FollowUpClocksAsync(followUp, "retry")).ShouldHaveSingleItem();
        ClockSeen.At(running, "dueAt").ShouldBe(due);
        running.GetProperty("state").GetString().ShouldBe(microseconds == 0 ? "warned" : "breached");

        await RecordAsync(followUp, Unanswered, "planned");
        var retries = await system.FollowUpClocksAsync(followUp, "retry");
        retries.Count.ShouldBe(2);
        retries[0].GetProperty("state").GetString().ShouldBe(state);
        ClockSeen.At(retries[0], "breachedAt").ShouldBe(microseconds == 0 ? null : due);
        (await OverdueAsync(followUp)).ShouldBe(0);
    }

    [Fact]
    [Trait("Rule", "FUP-07")]
    public async Task Tried_three_times_two_hours_apart_in_calling_hours_it_is_closed_as_unreachable_with_the_evidence()
    {
        var start = await system.MorningAsync();
        var (complaint, followUp) = await system.ResolvedAsync();
        (await RecordAsync(followUp, Unanswered, "planned")).Json.GetProperty("attempts").GetInt32().ShouldBe(1);

        await system.SetAsync(start + Duration.FromHours(2) - ClocksSystem.Microsecond);
        var early = await RecordAsync(followUp, Unanswered, "planned");
        early.Json.GetProperty("attempts").GetInt32().ShouldBe(1);
        ClockSeen.At(early.Json, "nextAttemptAt").ShouldBe(start + Duration.FromHours(2));

        await system.SetAsync(start + Duration.FromHours(2));
        (await RecordAsync(followUp, Unanswered, "planned")).Json.GetProperty("attempts").GetInt32().ShouldBe(2);
        await system.SetAsync(start + Duration.FromHours(10)); // eight in the evening: the hours are over
        (await RecordAsync(followUp, Unanswered, "planned")).Json.GetProperty("attempts").GetInt32().ShouldBe(2);
        await system.SetAsync(start + Duration.FromHours(23)); // nine in the morning
        await RecordAsync(followUp, Unanswered, "unreachable");
        await system.Admin.SettleAsync();

        var closed = (await system.Admin.GetAsync($"/api/v1/follow-ups/{followUp}")).Is(200).Json;
        closed.GetProperty("visits").EnumerateArray().Select(v => v.GetProperty("counted").GetBoolean()).ShouldBe([true, false, true, false, true]);
        closed.GetProperty("clocks").EnumerateArray().ShouldAllBe(c => c.GetProperty("state").GetString() != "running");
        var refused = (await system.Admin.PostAsync($"/api/v1/follow-ups/{followUp}/outcome", Answered)).Is(409);
        refused.Text("rule").ShouldBe("FUP-06");

        (await system.Admin.ListAsync("/api/v1/follow-ups?state=unreachable")).ShouldContain(f => f.GetProperty("id").GetGuid() == followUp);
        var note = (await system.Admin.ListAsync($"/api/v1/complaints/{complaint}/history")).Single(s => s.GetProperty("kind").GetString() == "followedUp");
        note.GetProperty("text").GetString()!.ShouldContain("unreachable");
        (await system.Admin.GetAsync($"/api/v1/complaints/{complaint}")).Text("status").ShouldBe("resolved");
    }

    [Fact]
    [Trait("Rule", "FUP-04")]
    public async Task Who_received_it_makes_it_a_major_one_goes_to_the_area_manager_and_one_that_a_machine_received_to_the_service_desk()
    {
        await system.MorningAsync();
        (await AssigneeAsync(false, ("receivedBy", "demo.officer"))).ShouldBe("demo.officer");
        (await AssigneeAsync(false)).ShouldBe("demo.admin");
        (await AssigneeAsync(true, ("receivedBy", "demo.officer"))).ShouldBe("demo.manager");
        (await AssigneeAsync(true, ("project", "harbour"))).ShouldBe("harbour.officer");

        var key = (await system.Admin.PostAsync("/api/v1/api-keys", new { name = "hotline", permissions = new[] { "complaints.register" }, project = "demo" })).Is(201).Text("key");
        var posted = (await system.Host.Machine(key).RegisterAsync()).Is(201).Id;
        await system.DoAsync(posted, "acceptance");
        await system.DoAsync(posted, "resolution");
        await system.Admin.SettleAsync();
        (await system.Admin.ListAsync($"/api/v1/follow-ups?origin={posted}")).ShouldHaveSingleItem().GetProperty("assignee").GetString().ShouldBe("demo.desk");
        (await system.Admin.ListAsync("/api/v1/follow-ups?assignee=demo.officer")).ShouldAllBe(f => f.GetProperty("assignee").GetString() == "demo.officer");
    }

    [Fact]
    [Trait("Rule", "FUP-02")]
    public async Task A_property_manager_has_three_days()
    {
        var start = await system.MorningAsync();
        var (_, followUp) = await system.ResolvedAsync(more: ("project", "harbour"));
        ClockSeen.At(await ListedAsync(followUp), "dueAt").ShouldBe(start + Duration.FromDays(3));
    }

    private async Task<string> AssigneeAsync(bool major, params (string Key, object? Value)[] more)
    {
        var (_, followUp) = await system.ResolvedAsync(major, more);
        return (await system.Admin.GetAsync($"/api/v1/follow-ups/{followUp}")).Text("assignee");
    }

    private async Task<Reply> RecordAsync(Guid followUp, object outcome, string state)
    {
        var reply = (await system.Admin.PostAsync($"/api/v1/follow-ups/{followUp}/outcome", outcome)).Is(200);
        reply.Text("state").ShouldBe(state);
        return reply;
    }

    private async Task<JsonElement> ListedAsync(Guid followUp) => (await system.Admin.ListAsync("/api/v1/follow-ups")).Single(f => f.GetProperty("id").GetGuid() == followUp);

    private Task<long> OverdueAsync(Guid followUp) =>
        system.ScalarAsync<long>("SELECT count(*) FROM followups.outbox_events WHERE aggregate_id = $1 AND type = 'FollowUpOverdue'", followUp);
}
