using Crm.Shared.Clocks;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>The ways a clock ends, and what it takes over from one before it.</summary>
[Trait("Rule", "CMP-30")]
public sealed class ClockEndTests
{
    private static readonly Instant Start = Utc("2026-03-02T01:00:00Z");
    private static readonly Instant DueAt = Start + Hours(24);

    [Fact]
    public void Met_at_the_due_instant_is_in_time_a_microsecond_later_is_late()
    {
        Ended(c => c.Meet(DueAt, "customer-feedback")).StateAt(DueAt + Days(9)).ShouldBe(ClockState.Met);
        Ended(c => c.Meet(DueAt + Microsecond, "customer-feedback")).StateAt(DueAt + Days(9)).ShouldBe(ClockState.MetLate);
    }

    [Fact]
    public void Closed_with_its_matter_at_the_due_instant_it_is_met_a_microsecond_later_it_stays_breached()
    {
        Ended(c => c.Close(DueAt, "resolution")).ShouldSatisfyAllConditions(c => c.End.ShouldBe(ClockEnd.Met), c => c.StateAt(DueAt).ShouldBe(ClockState.Met));
        Ended(c => c.Close(DueAt + Microsecond, "resolution"))
            .ShouldSatisfyAllConditions(c => c.End.ShouldBe(ClockEnd.Unmet), c => c.StateAt(DueAt + Days(9)).ShouldBe(ClockState.Breached));
    }

    [Fact]
    public void Cancelled_it_is_neither_met_nor_breached_even_long_after_due() =>
        Ended(c => c.Cancel(DueAt + Hours(5), "withdrawal")).StateAt(DueAt + Days(9)).ShouldBe(ClockState.Cancelled);

    [Fact]
    public void Expired_it_ended_at_its_due_instant_and_was_breached()
    {
        var clock = Ended(c => c.Expire("CMP-16"));
        clock.EndedAt.ShouldBe(DueAt);
        clock.StateAt(DueAt).ShouldBe(ClockState.Breached);
    }

    [Fact]
    public void An_ended_clock_rings_no_more_and_cannot_end_twice()
    {
        var clock = Ended(c => c.Meet(Start + Hours(1), "customer-feedback"));
        clock.Ring(DueAt + Days(1)).ShouldBeNull();
        clock.NextRungAt.ShouldBeNull();
        clock.Cancel(DueAt, "withdrawal");
        clock.Close(DueAt + Hours(1), "resolution");
        clock.ShouldSatisfyAllConditions(
            c => c.EndedAt.ShouldBe(Start + Hours(1)), c => c.End.ShouldBe(ClockEnd.Met), c => c.EndedBy.ShouldBe("customer-feedback"), c => c.Rungs.ShouldBeEmpty());
    }

    [Fact]
    public void Elapsed_grows_until_it_ends_and_then_stands()
    {
        var clock = OneDay();
        clock.ElapsedAt(Start + Hours(3)).ShouldBe(Hours(3));
        clock.Meet(Start + Hours(5), "customer-feedback");
        clock.ElapsedAt(Start + Hours(30)).ShouldBe(Hours(5));
    }

    [Fact]
    [Trait("Rule", "CMP-29")]
    public void Time_consumed_before_shortens_what_is_left_and_counts_as_elapsed()
    {
        var clock = OneDay(consumed: Hours(10));
        clock.DueAt.ShouldBe(Start + Hours(14));
        clock.WarnAt.ShouldBe(Start + Hours(8));
        clock.ElapsedAt(Start + Hours(1)).ShouldBe(Hours(11));
        clock.NextRungAt.ShouldBe(clock.WarnAt);
    }

    [Theory]
    [Trait("Rule", "CMP-29")]
    [InlineData(null, Rung.Warn, Rung.Breach)]
    [InlineData(Rung.Warn, Rung.Breach, null)]
    [InlineData(Rung.Breach, null, null)]
    public void A_rung_its_predecessor_in_the_cycle_has_come_to_does_not_happen_again(Rung? before, Rung? first, Rung? second)
    {
        var clock = OneDay(consumed: Hours(25), before);
        Rung?[] rungs = [clock.Ring(Start)?.Rung, clock.Ring(Start)?.Rung];
        rungs.ShouldBe([first, second]);
        clock.StateAt(Start).ShouldBe(ClockState.Breached);
    }

    [Fact]
    [Trait("Rule", "CMP-29")]
    public void The_rung_it_had_come_to_when_it_ended_is_known_to_the_microsecond()
    {
        var warnAt = Start + Hours(18);
        Ended(c => c.Cancel(warnAt - Microsecond, "severity")).EndedPast.ShouldBeNull();
        Ended(c => c.Cancel(warnAt, "severity")).EndedPast.ShouldBe(Rung.Warn);
        Ended(c => c.Cancel(DueAt, "severity")).EndedPast.ShouldBe(Rung.Warn);
        Ended(c => c.Cancel(DueAt + Microsecond, "severity")).EndedPast.ShouldBe(Rung.Breach);
        OneDay().EndedPast.ShouldBeNull();
    }

    private static Clock Ended(Action<Clock> end)
    {
        var clock = OneDay();
        end(clock);
        clock.IsRunning.ShouldBeFalse();
        return clock;
    }

    private static Clock OneDay(Duration consumed = default, Rung? rung = null) =>
        new(Guid.NewGuid(), "demo", 1, new ClockSetting("feedback", Start, Hours(24), WarnAt: 75, "complaints.feedback", 0, consumed, rung));
}
