using Crm.Shared.Clocks;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>A clock on both sides of each of its boundaries, at one microsecond.</summary>
[Trait("Rule", "CMP-30")]
public sealed class ClockTests
{
    private static readonly Instant Start = Utc("2026-03-02T01:00:00Z");
    private static readonly Instant WarnAt = Start + Hours(18);
    private static readonly Instant DueAt = Start + Hours(24);

    [Fact]
    public void It_warns_after_the_policys_share_of_its_budget_and_is_due_at_its_end()
    {
        var clock = OneDay();
        clock.WarnAt.ShouldBe(WarnAt);
        clock.DueAt.ShouldBe(DueAt);
        clock.NextRungAt.ShouldBe(WarnAt);
        clock.IsRunning.ShouldBeTrue();
    }

    [Fact]
    public void A_share_that_falls_between_two_microseconds_is_cut_never_rounded_up()
    {
        var clock = new Clock(Guid.NewGuid(), "demo", 1, Setting(Microsecond * 3, warnAt: 50));
        clock.WarnAt.ShouldBe(Start + Microsecond);
        clock.DueAt.ShouldBe(Start + Microsecond * 3);
    }

    [Fact]
    public void A_budget_finer_than_a_microsecond_gives_a_due_instant_the_database_can_keep() =>
        new Clock(Guid.NewGuid(), "demo", 1, Setting(Duration.FromNanoseconds(2_700))).DueAt.ShouldBe(Start + Microsecond * 2);

    [Fact]
    public void A_microsecond_before_the_warning_it_runs_at_the_warning_it_is_warned()
    {
        OneDay().StateAt(WarnAt - Microsecond).ShouldBe(ClockState.Running);
        OneDay().StateAt(WarnAt).ShouldBe(ClockState.Warned);
        OneDay().Ring(WarnAt - Microsecond).ShouldBeNull();
        var rung = OneDay().Ring(WarnAt)!;
        rung.ShouldSatisfyAllConditions(r => r.Rung.ShouldBe(Rung.Warn), r => r.At.ShouldBe(WarnAt), r => r.WrittenAt.ShouldBe(WarnAt), r => r.Late.ShouldBeFalse());
    }

    [Fact]
    public void At_the_due_instant_it_is_not_breached_a_microsecond_later_it_is()
    {
        OneDay().StateAt(DueAt).ShouldBe(ClockState.Warned);
        OneDay().StateAt(DueAt + Microsecond).ShouldBe(ClockState.Breached);
        var clock = Warned();
        clock.Ring(DueAt).ShouldBeNull();
        clock.Ring(DueAt + Microsecond).ShouldNotBeNull().Rung.ShouldBe(Rung.Breach);
    }

    [Fact]
    public void A_breach_is_dated_at_the_due_instant_however_late_it_is_written()
    {
        var rung = Warned().Ring(DueAt + Days(1))!;
        rung.At.ShouldBe(DueAt);
        rung.WrittenAt.ShouldBe(DueAt + Days(1));
        rung.Late.ShouldBeTrue();
    }

    [Fact]
    public void A_rung_is_late_when_written_more_than_a_minute_after_its_instant()
    {
        Warned().Ring(DueAt + ClockRung.Punctual)!.Late.ShouldBeFalse();
        Warned().Ring(DueAt + ClockRung.Punctual + Microsecond)!.Late.ShouldBeTrue();
        OneDay().Ring(WarnAt + ClockRung.Punctual)!.Late.ShouldBeFalse();
        OneDay().Ring(WarnAt + ClockRung.Punctual + Microsecond)!.Late.ShouldBeTrue();
    }

    [Fact]
    public void Each_rung_happens_once_and_in_order()
    {
        var clock = OneDay();
        var late = DueAt + Hours(1);
        clock.Ring(late)!.Rung.ShouldBe(Rung.Warn);
        clock.Ring(late)!.Rung.ShouldBe(Rung.Breach);
        clock.Ring(late).ShouldBeNull();
        clock.NextRungAt.ShouldBeNull();
        clock.Rungs.Select(r => r.Rung).ShouldBe([Rung.Warn, Rung.Breach]);
    }

    [Fact]
    public void A_clock_started_in_the_past_is_born_warned_or_breached()
    {
        OneDay().StateAt(Start + Hours(20)).ShouldBe(ClockState.Warned);
        var breached = OneDay();
        breached.StateAt(Start + Days(3)).ShouldBe(ClockState.Breached);
        breached.Ring(Start + Days(3))!.At.ShouldBe(WarnAt);
        breached.Ring(Start + Days(3))!.At.ShouldBe(DueAt);
    }

    [Fact]
    public void A_warning_at_the_whole_budget_is_told_at_the_due_instant_and_the_breach_a_microsecond_later()
    {
        var clock = new Clock(Guid.NewGuid(), "demo", 1, Setting(Hours(24), warnAt: 100));
        clock.Ring(DueAt - Microsecond).ShouldBeNull();
        clock.Ring(DueAt)!.Rung.ShouldBe(Rung.Warn);
        clock.Ring(DueAt).ShouldBeNull();
        clock.Ring(DueAt + Microsecond)!.Rung.ShouldBe(Rung.Breach);
    }

    private static Clock Warned()
    {
        var clock = OneDay();
        clock.Ring(WarnAt).ShouldNotBeNull();
        return clock;
    }

    private static Clock OneDay() => new(Guid.NewGuid(), "demo", 1, Setting(Hours(24)));

    private static ClockSetting Setting(Duration budget, int warnAt = 75) => new("feedback", Start, budget, warnAt, "complaints.feedback", 0);
}
