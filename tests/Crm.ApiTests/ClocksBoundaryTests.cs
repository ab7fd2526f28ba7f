using NodaTime;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Each clock of a complaint over HTTP: at its due instant the act is in time, one microsecond later it is late; and its warning.</summary>
public sealed class ClocksBoundaryTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    /// <summary>Clock, what is done before, the act that ends it, its budget in minutes, how it stands when the act came late.</summary>
    public static TheoryData<string, string, string, int, string> Kinds => new()
    {
        { "feedback", "", "customer-feedback", 24 * 60, "metLate" },
        { "headReport", "", "head-report", 10, "metLate" },
        { "headAcknowledgement", "head-report", "head-acknowledgement", 10, "metLate" },
        { "solution", "acceptance agreed-solution", "resolution", 12 * 60, "metLate" },
        { "escalation", "acceptance", "resolution", 10 * 24 * 60, "breached" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Rule", "CMP-09")]
    [Trait("Rule", "CMP-13")]
    [Trait("Rule", "CMP-14")]
    [Trait("Rule", "CMP-16")]
    public async Task At_the_due_instant_the_act_is_in_time_and_nothing_is_breached(string kind, string before, string act, int minutes, string _)
    {
        var (id, start) = await BeginAsync(kind, before);
        var due = start + Duration.FromMinutes(minutes);
        await system.SetAsync(due);
        (await system.ClockAsync(id, kind)).ShouldSatisfyAllConditions(c => c.State.ShouldBe("warned"), c => c.DueAt.ShouldBe(due), c => c.BreachedAt.ShouldBeNull());
        await system.DoAsync(id, act);

        await system.SetAsync(due + Duration.FromDays(20));
        (await system.ClockAsync(id, kind)).ShouldSatisfyAllConditions(
            c => c.State.ShouldBe("met"), c => c.EndedAt.ShouldBe(due), c => c.EndedBy.ShouldBe(act), c => c.BreachedAt.ShouldBeNull(), c => c.Rungs.ShouldHaveSingleItem().Rung.ShouldBe("warn"));
        (await system.EventsAsync(id, "ComplaintClockBreached", kind)).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Rule", "CMP-09")]
    [Trait("Rule", "CMP-13")]
    [Trait("Rule", "CMP-14")]
    [Trait("Rule", "CMP-16")]
    public async Task A_microsecond_after_it_is_breached_once_and_the_act_is_late(string kind, string before, string act, int minutes, string lateState)
    {
        var (id, start) = await BeginAsync(kind, before);
        var due = start + Duration.FromMinutes(minutes);
        var after = due + ClocksSystem.Microsecond;
        await system.SetAsync(after);
        (await system.ClockAsync(id, kind)).ShouldSatisfyAllConditions(
            c => c.State.ShouldBe("breached"), c => c.BreachedAt.ShouldBe(due),
            c => c.Rungs[^1].ShouldBe(new RungSeen("breach", due, after, Late: false)));
        await system.DoAsync(id, act);

        await system.SetAsync(due + Duration.FromDays(20));
        (await system.ClockAsync(id, kind)).ShouldSatisfyAllConditions(c => c.State.ShouldBe(lateState), c => c.BreachedAt.ShouldBe(due), c => c.Rungs.Count.ShouldBe(2));
        (await system.EventsAsync(id, "ComplaintClockBreached", kind)).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Rule", "CMP-30")]
    public async Task It_warns_at_three_quarters_of_its_time_and_not_a_microsecond_before(string kind, string before, string act, int minutes, string _)
    {
        act.ShouldNotBeEmpty();
        var (id, start) = await BeginAsync(kind, before);
        var warnAt = start + Duration.FromMinutes(minutes) * 3 / 4;
        await system.SetAsync(warnAt - ClocksSystem.Microsecond);
        (await system.ClockAsync(id, kind)).ShouldSatisfyAllConditions(c => c.State.ShouldBe("running"), c => c.WarnAt.ShouldBe(warnAt), c => c.Rungs.ShouldBeEmpty());
        await system.SetAsync(warnAt);
        (await system.ClockAsync(id, kind)).ShouldSatisfyAllConditions(
            c => c.State.ShouldBe("warned"), c => c.WarnedAt.ShouldBe(warnAt), c => c.Rungs.ShouldHaveSingleItem().ShouldBe(new RungSeen("warn", warnAt, warnAt, Late: false)));
        (await system.EventsAsync(id, "ComplaintClockWarned", kind)).ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "CMP-16")]
    public async Task At_ten_days_it_is_minor_a_microsecond_later_major_with_the_major_clocks_from_that_moment()
    {
        var (id, start) = await BeginAsync("escalation", "");
        var due = start + Duration.FromDays(10);
        await system.SetAsync(due);
        (await system.Admin.GetAsync($"/api/v1/complaints/{id}")).Text("severity").ShouldBe("minor");
        await system.SetAsync(due + ClocksSystem.Microsecond);
        var major = (await system.Admin.GetAsync($"/api/v1/complaints/{id}")).Is(200);
        major.ShouldSatisfyAllConditions(c => c.Text("severity").ShouldBe("major"), c => c.Text("proposedSeverity").ShouldBe("minor"), c => c.Text("status").ShouldBe("registered"));
        (await system.ClockAsync(id, "headReport")).ShouldSatisfyAllConditions(c => c.StartedAt.ShouldBe(due), c => c.DueAt.ShouldBe(due + Duration.FromMinutes(10)));
        (await system.ClockAsync(id, "solution")).DueAt.ShouldBe(due + Duration.FromHours(12));
        var promoted = (await system.Admin.ListAsync($"/api/v1/complaints/{id}/history")).Single(s => s.GetProperty("kind").GetString() == "promoted");
        promoted.GetProperty("by").GetString().ShouldBe("rule:CMP-16");
        ClockSeen.At(promoted, "at").ShouldBe(due);
    }

    private async Task<(Guid Id, Instant Start)> BeginAsync(string kind, string before)
    {
        var start = await system.MorningAsync();
        var id = await system.RegisterAsync(major: kind is "headReport" or "headAcknowledgement" or "solution");
        foreach (var noun in before.Split(' ', StringSplitOptions.RemoveEmptyEntries)) await system.DoAsync(id, noun);
        return (id, start);
    }
}
