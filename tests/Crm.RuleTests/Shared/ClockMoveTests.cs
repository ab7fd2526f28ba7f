using Crm.Shared.Clocks;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-08: what moving a running deadline leaves as it was.</summary>
[Trait("Rule", "ORG-08")]
public sealed class ClockMoveTests
{
    private static readonly Instant Start = Utc("2026-03-02T01:00:00Z");

    [Fact]
    public void Moved_before_its_warning_it_warns_and_breaches_at_the_new_instants()
    {
        var clock = OneDay();
        clock.Move(Of(Hours(12))).ShouldBeTrue();
        (clock.WarnAt, clock.DueAt, clock.NextRungAt).ShouldBe((Start + Hours(9), Start + Hours(12), Start + Hours(9)));
        (clock.Budget, clock.PolicyVersion).ShouldBe((Hours(12), 1));
        clock.Ring(Start + Hours(9))!.At.ShouldBe(Start + Hours(9));
        clock.Ring(Start + Hours(12)).ShouldBeNull("the due instant itself is in time");
        clock.Ring(Start + Hours(12) + Microsecond)!.ShouldSatisfyAllConditions(r => r.Rung.ShouldBe(Rung.Breach), r => r.At.ShouldBe(Start + Hours(12)));
    }

    [Fact]
    public void A_warning_that_has_come_does_not_come_twice()
    {
        var clock = OneDay();
        clock.Ring(Start + Hours(18)).ShouldNotBeNull();
        clock.Move(Of(Hours(48))).ShouldBeTrue();
        clock.NextRungAt.ShouldBe(Start + Hours(48) + Microsecond);
        clock.Ring(Start + Hours(36)).ShouldBeNull();
    }

    [Fact]
    public void A_due_instant_that_has_passed_is_not_taken_back()
    {
        var clock = OneDay();
        clock.Ring(Start + Hours(25)).ShouldNotBeNull();
        clock.Ring(Start + Hours(25)).ShouldNotBeNull();
        clock.Move(Of(Hours(48))).ShouldBeFalse();
        clock.DueAt.ShouldBe(Start + Hours(24));
    }

    [Fact]
    public void What_has_ended_is_not_moved()
    {
        var clock = OneDay();
        clock.Meet(Start + Hours(1), "customer-feedback");
        clock.Move(Of(Hours(48))).ShouldBeFalse();
        clock.DueAt.ShouldBe(Start + Hours(24));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(75)]
    [InlineData(100)]
    public void A_clock_knows_the_percentage_it_warns_at(int percent) =>
        new Clock(Guid.NewGuid(), "demo", 1, Of(Minutes(10), percent)).WarnPercent.ShouldBe(percent);

    [Fact]
    public void A_deadline_that_is_no_longer_as_the_preview_saw_it_is_left_alone_be_it_the_warning_only()
    {
        var subject = Case.Registered();
        var clock = subject.Complaint.Clocks.Single(c => c.Kind == "feedback");
        var (due, warn) = (clock.DueAt, clock.WarnAt);
        var (warnsEarlier, warnsLater, endsLater) = (Planned(clock.Budget, 50), Planned(clock.Budget, 60), Planned(clock.Budget + Hours(1), 75));
        Move(warnsEarlier).ShouldBe(MoveOutcome.Moved);
        (clock.DueAt, clock.WarnAt < warn).ShouldBe((due, true));
        Move(warnsLater).ShouldBe(MoveOutcome.Changed);
        Move(endsLater).ShouldBe(MoveOutcome.Changed);
        (clock.DueAt, clock.WarnPercent).ShouldBe((due, 50));
        subject.Complaint.Withdraw("已自行解决", subject.Moment);
        Move(Planned(clock.Budget, 80)).ShouldBe(MoveOutcome.Ended);

        PlannedMove Planned(Duration budget, int percent) => new(Guid.NewGuid(), clock, new ClockSetting(clock.Kind, clock.StartedAt, budget, percent, "complaints.feedback", 2));
        MoveOutcome Move(PlannedMove move) => subject.Complaint.Move(move, subject.Moment);
    }

    private static ClockSetting Of(Duration budget, int warnAt = 75) => new("feedback", Start, budget, warnAt, "complaints.feedback", 1);

    private static Clock OneDay() => new(Guid.NewGuid(), "demo", 1, Of(Hours(24)));
}
