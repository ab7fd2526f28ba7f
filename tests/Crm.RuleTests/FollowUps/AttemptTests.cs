using Crm.FollowUps;
using Crm.FollowUps.Contracts;
using Crm.Shared.Clocks;
using Shouldly;
using static Crm.RuleTests.Calendar;
using static Crm.RuleTests.Visiting;

namespace Crm.RuleTests;

/// <summary>FUP-07: not reached is tried again by policy, then closed as unreachable with the evidence.</summary>
[Trait("Rule", "FUP-07")]
public sealed class AttemptTests
{
    [Fact]
    public void Not_reached_the_next_attempt_opens_two_hours_later_and_has_a_clock_of_its_own()
    {
        var v = Planned().Missed(Settled + Hours(1));
        v.FollowUp.ShouldSatisfyAllConditions(f => f.State.ShouldBe(FollowUpState.Planned), f => f.AttemptCount.ShouldBe(1), f => f.NextAttemptAt.ShouldBe(Settled + Hours(3)));
        v.Clocks(FollowUpClock.Retry).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            c => c.StartedAt.ShouldBe(Settled + Hours(3)), c => c.DueAt.ShouldBe(Settled + Hours(5)), c => c.Policy.ShouldBe("followups.attempts"));
        v.Due.IsRunning.ShouldBeTrue();
        v.Raised<FollowUpCompleted>().ShouldBeEmpty();
    }

    [Fact]
    public void The_third_attempt_that_counts_closes_it_as_unreachable_with_all_the_evidence()
    {
        var v = Planned().Missed(Settled + Hours(1), NotReached.Busy).Missed(Settled + Hours(3)).Missed(Settled + Hours(5), NotReached.Refused);
        v.FollowUp.ShouldSatisfyAllConditions(f => f.State.ShouldBe(FollowUpState.Unreachable), f => f.AttemptCount.ShouldBe(3), f => f.EndedAt.ShouldBe(Settled + Hours(5)), f => f.NextAttemptAt.ShouldBeNull(), f => f.Satisfaction.ShouldBeNull());
        v.FollowUp.Visits.Select(x => x.NotReached).ShouldBe([NotReached.Busy, NotReached.NoAnswer, NotReached.Refused]);
        v.Due.ShouldSatisfyAllConditions(c => c.StateAt(v.Now).ShouldBe(ClockState.Met), c => c.EndedBy.ShouldBe("unreachable"));
        v.Clocks(FollowUpClock.Retry).ShouldAllBe(c => c.End == ClockEnd.Met);
        v.Raised<FollowUpCompleted>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Reached.ShouldBeFalse(), e => e.Satisfaction.ShouldBeNull());
        v.Raised<FollowUpDissatisfied>().ShouldBeEmpty();
    }

    [Fact]
    public void Two_hours_apart_to_the_microsecond()
    {
        Planned().Missed(Settled).Missed(Settled + Hours(2) - Microsecond).FollowUp.AttemptCount.ShouldBe(1);
        Planned().Missed(Settled).Missed(Settled + Hours(2)).FollowUp.AttemptCount.ShouldBe(2);
    }

    [Fact]
    public void An_attempt_that_does_not_count_is_kept_and_leaves_the_next_one_wanted_as_it_was()
    {
        var v = Planned().Missed(Settled).Missed(Settled + Minutes(5)).Missed(Settled + Minutes(10));
        v.FollowUp.Visits.Select(x => x.Counted).ShouldBe([true, false, false]);
        v.FollowUp.ShouldSatisfyAllConditions(f => f.AttemptCount.ShouldBe(1), f => f.NextAttemptAt.ShouldBe(Settled + Hours(2)), f => f.State.ShouldBe(FollowUpState.Planned));
        v.Clocks(FollowUpClock.Retry).ShouldHaveSingleItem().IsRunning.ShouldBeTrue();
    }

    [Theory]
    [InlineData("2026-03-02T19:59:59.999999", true)]
    [InlineData("2026-03-02T20:00:00", false)]
    [InlineData("2026-03-03T08:59:59.999999", false)]
    [InlineData("2026-03-03T09:00:00", true)]
    public void Only_attempts_in_calling_hours_count(string local, bool counts)
    {
        var v = Planned().Missed(InShanghai(local));
        v.FollowUp.AttemptCount.ShouldBe(counts ? 1 : 0);
        v.FollowUp.Visits.ShouldHaveSingleItem().Counted.ShouldBe(counts);
    }

    [Fact]
    public void Somebody_called_at_night_is_called_again_in_the_morning()
    {
        var v = Planned().Missed(InShanghai("2026-03-02T22:00:00"));
        v.FollowUp.NextAttemptAt.ShouldBe(InShanghai("2026-03-03T09:00:00"));
        v.Clocks(FollowUpClock.Retry).ShouldHaveSingleItem().DueAt.ShouldBe(InShanghai("2026-03-03T11:00:00"));
    }

    [Fact]
    public void A_retry_missed_until_closing_breaches_once_even_when_tried_again_after_hours()
    {
        // Opens 18:30, due when the hours end.
        var v = Planned().Missed(InShanghai("2026-03-02T16:30:00")).Missed(InShanghai("2026-03-02T21:00:00")).At(InShanghai("2026-03-03T09:00:00"));
        v.Clocks(FollowUpClock.Retry).SelectMany(c => c.Rungs).Count(r => r.Rung == Rung.Breach).ShouldBe(1);
    }

    [Fact]
    public void A_retry_at_its_due_instant_is_in_time_a_microsecond_later_it_is_late()
    {
        First(Planned().Missed(Settled).Missed(Settled + Hours(4))).StateAt(Settled + Days(9)).ShouldBe(ClockState.Met);
        var late = Planned().Missed(Settled).Missed(Settled + Hours(4) + Microsecond);
        First(late).StateAt(Settled + Days(9)).ShouldBe(ClockState.MetLate);
        First(late).Rungs.Count(r => r.Rung == Rung.Breach).ShouldBe(1);
        late.Raised<FollowUpOverdue>().ShouldBeEmpty();

        static Clock First(Visiting v) => v.Clocks(FollowUpClock.Retry).MinBy(c => c.StartedAt)!;
    }

    [Fact]
    public void Reached_at_any_hour_it_is_completed()
    {
        var v = Planned().Missed(Settled).Reached(InShanghai("2026-03-02T23:00:00"));
        v.FollowUp.State.ShouldBe(FollowUpState.Completed);
        v.FollowUp.Clocks.ShouldAllBe(c => !c.IsRunning);
        v.FollowUp.AttemptCount.ShouldBe(2);
    }

    [Fact]
    public void Unreachable_after_the_window_it_was_overdue_all_the_same()
    {
        var v = Planned().Missed(Settled).Missed(Settled + Hours(2)).Missed(Settled + Days(2));
        v.FollowUp.State.ShouldBe(FollowUpState.Unreachable);
        v.Due.StateAt(v.Now).ShouldBe(ClockState.MetLate);
        v.Raised<FollowUpOverdue>().Count.ShouldBe(1);
    }

    [Fact]
    public void How_often_is_the_projects_policy()
    {
        var once = Company.Own(Company.Demo, "followups.attempts", """{"count":1,"spacing":"PT2H","fromHour":9,"toHour":20}""");
        Planned(own: once).Missed(Settled).FollowUp.State.ShouldBe(FollowUpState.Unreachable);
    }
}
