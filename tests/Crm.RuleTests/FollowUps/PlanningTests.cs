using Crm.FollowUps;
using Crm.FollowUps.Contracts;
using Crm.Shared.Clocks;
using Shouldly;
using static Crm.RuleTests.Calendar;
using static Crm.RuleTests.Visiting;

namespace Crm.RuleTests;

/// <summary>FUP-02, FUP-04: when a follow-up is due, and who makes it.</summary>
public sealed class PlanningTests
{
    [Theory]
    [Trait("Rule", "FUP-02")]
    [InlineData(nameof(FollowUpKind.Complaint), "followups.complaint")]
    [InlineData(nameof(FollowUpKind.Repair), "followups.repair")]
    [InlineData(nameof(FollowUpKind.PaidService), "followups.paid-service")]
    public void It_is_due_24_hours_after_the_matter_was_settled_however_late_the_news_came(string kind, string policy)
    {
        var v = Planned(Enum.Parse<FollowUpKind>(kind), at: Settled + Hours(5));
        v.FollowUp.DueAt.ShouldBe(Settled + Hours(24));
        v.Due.ShouldSatisfyAllConditions(c => c.StartedAt.ShouldBe(Settled), c => c.WarnAt.ShouldBe(Settled + Hours(18)), c => c.Policy.ShouldBe(policy), c => c.PolicyVersion.ShouldBe(0));
        v.FollowUp.PlannedAt.ShouldBe(Settled + Hours(5));
        v.Raised<FollowUpPlanned>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Assignee.ShouldBe("demo.officer"), e => e.DueAt.ShouldBe(Settled + Hours(24)), e => e.OriginCycle.ShouldBe(1));
    }

    [Fact]
    [Trait("Rule", "FUP-02")]
    public void A_property_manager_has_three_days_for_a_complaint()
    {
        Planned(project: Company.Harbour).FollowUp.DueAt.ShouldBe(Settled + Days(3));
        Planned(FollowUpKind.Repair, project: Company.Harbour).FollowUp.DueAt.ShouldBe(Settled + Hours(24));
    }

    [Fact]
    [Trait("Rule", "FUP-02")]
    public void Made_at_the_due_instant_it_is_in_time_a_microsecond_later_it_is_late_and_was_overdue()
    {
        var inTime = Planned().Reached(Settled + Hours(24));
        inTime.Due.StateAt(Settled + Days(30)).ShouldBe(ClockState.Met);
        inTime.Raised<FollowUpOverdue>().ShouldBeEmpty();

        var late = Planned().Reached(Settled + Hours(24) + Microsecond);
        late.Due.StateAt(Settled + Days(30)).ShouldBe(ClockState.MetLate);
        late.Raised<FollowUpOverdue>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.OccurredAt.ShouldBe(Settled + Hours(24)), e => e.Late.ShouldBeFalse(), e => e.Assignee.ShouldBe("demo.officer"));
    }

    [Fact]
    [Trait("Rule", "FUP-02")]
    public void It_warns_at_its_instant_and_is_overdue_once()
    {
        var v = Planned().At(Settled + Hours(18) - Microsecond);
        v.Due.Rungs.ShouldBeEmpty();
        v.At(Settled + Hours(18)).Due.Rungs.ShouldHaveSingleItem().Rung.ShouldBe(Rung.Warn);
        v.At(Settled + Hours(24)).Due.Rungs.Count.ShouldBe(1);
        v.At(Settled + Hours(24) + Microsecond).At(Settled + Days(2)).At(Settled + Days(3));
        v.Due.Rungs.Count.ShouldBe(2);
        v.Raised<FollowUpOverdue>().Count.ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "FUP-02")]
    public void Planned_two_days_late_it_is_born_overdue()
    {
        var v = Planned(at: Settled + Days(2));
        v.Due.StateAt(v.Now).ShouldBe(ClockState.Breached);
        v.Raised<FollowUpOverdue>().ShouldHaveSingleItem().Late.ShouldBeTrue();
    }

    [Theory]
    [Trait("Rule", "FUP-04")]
    [InlineData(false, "demo.officer", "demo.officer")] // who received it
    [InlineData(true, "demo.officer", "demo.manager")] // a major one: the area manager
    [InlineData(false, null, "demo.desk")] // a machine received it
    [InlineData(false, "demo.gone", "demo.desk")] // has left
    [InlineData(false, "nobody", "demo.desk")]
    [InlineData(true, null, "demo.manager")]
    public void The_receiver_or_the_area_manager_makes_it_else_the_service_desk(bool major, string? receivedBy, string assignee) =>
        Assignment.Of(major, receivedBy, Company.Demo, Company.With()).ShouldBe(assignee);

    [Fact]
    [Trait("Rule", "FUP-04")]
    public void Without_an_area_or_with_a_manager_who_has_left_a_major_one_goes_to_the_projects_own_service_desk()
    {
        Assignment.Of(major: true, "demo.officer", Company.Harbour, Company.With()).ShouldBe("harbour.desk");
        Assignment.Of(major: true, "demo.officer", Company.Demo with { AreaManager = "demo.gone" }, Company.With()).ShouldBe("demo.desk");
    }

    [Fact]
    [Trait("Rule", "FUP-02")]
    public void Cancelled_by_a_reopening_its_clocks_are_cancelled_and_nothing_more_can_be_recorded()
    {
        var v = Planned().Missed(Settled + Hours(1)).Cancelled(Settled + Hours(2));
        v.FollowUp.ShouldSatisfyAllConditions(f => f.State.ShouldBe(FollowUpState.Cancelled), f => f.EndedAt.ShouldBe(Settled + Hours(2)), f => f.NextAttemptAt.ShouldBeNull());
        v.FollowUp.Clocks.ShouldAllBe(c => c.End == ClockEnd.Cancelled);
        Refused.By("FUP-06", () => v.Reached(Settled + Hours(3)));
        var version = v.FollowUp.Version;
        v.Cancelled(Settled + Hours(4)).FollowUp.Version.ShouldBe(version);
    }
}
