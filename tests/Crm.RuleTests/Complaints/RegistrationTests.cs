using Crm.Complaints;
using Crm.Complaints.Contracts;
using Crm.Shared.Clocks;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>What registering a case does.</summary>
public sealed class RegistrationTests
{
    [Theory]
    [Trait("Rule", "CMP-01")]
    [InlineData(nameof(CaseKind.Inquiry))]
    [InlineData(nameof(CaseKind.Suggestion))]
    [InlineData(nameof(CaseKind.Dissatisfaction))]
    [InlineData(nameof(CaseKind.Grumble))]
    [InlineData(nameof(CaseKind.Repair))]
    [InlineData(nameof(CaseKind.PaidService))]
    [InlineData(nameof(CaseKind.Praise))]
    public void Only_a_complaint_has_clocks_whatever_its_severity_or_a_new_cycle(string kind)
    {
        var c = Case.Registered(Severity.Major, Enum.Parse<CaseKind>(kind));
        c.Complaint.Clocks.ShouldBeEmpty();
        c.Complaint.EarliestDueAt.ShouldBeNull();
        c.Complaint.ChangeSeverity(Severity.Minor, "误判", c.Moment);
        c.Complaint.Accept(c.Moment);
        c.Complaint.Resolve("已答复", c.Moment);
        c.Complaint.Reopen("再次来电", c.Moment);
        c.Complaint.Clocks.ShouldBeEmpty();
        Refused.By("CMP-13", () => c.Complaint.ReportToHead("demo.head", "电话", c.Moment), "severity");
    }

    [Fact]
    [Trait("Rule", "CMP-03")]
    public void It_begins_registered_in_cycle_1_and_says_so_without_personal_data()
    {
        var c = Case.Registered();
        c.Complaint.ShouldSatisfyAllConditions(x => x.Status.ShouldBe(CaseStatus.Registered), x => x.Cycle.ShouldBe(1), x => x.Version.ShouldBe(1), x => x.Handler.ShouldBeNull());
        c.Raised<CaseRegistered>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            e => e.Kind.ShouldBe("complaint"), e => e.Severity.ShouldBe("minor"), e => e.Category.ShouldBe("other"), e => e.Channel.ShouldBe("hotline"),
            e => e.OccurredAt.ShouldBe(Case.Start), e => e.Cycle.ShouldBe(1), e => e.ToString().ShouldNotContain("李女士"));
        c.Complaint.Steps.ShouldHaveSingleItem().ShouldSatisfyAllConditions(s => s.Kind.ShouldBe(StepKind.Registered), s => s.By.ShouldBe("demo.officer"), s => s.At.ShouldBe(Case.Start));
    }

    [Fact]
    [Trait("Rule", "CMP-09")]
    [Trait("Rule", "CMP-16")]
    public void A_minor_complaint_starts_feedback_and_escalation_at_reception()
    {
        var c = Case.Registered(receivedAt: Case.Start - Hours(2));
        c.Complaint.Clocks.Count.ShouldBe(2);
        c.Clock(ComplaintClock.Feedback).ShouldSatisfyAllConditions(k => k.StartedAt.ShouldBe(Case.Start - Hours(2)), k => k.DueAt.ShouldBe(Case.Start + Hours(22)), k => k.Policy.ShouldBe("complaints.feedback"), k => k.PolicyVersion.ShouldBe(0));
        c.Clock(ComplaintClock.Escalation).DueAt.ShouldBe(Case.Start - Hours(2) + Days(10));
        c.Complaint.EarliestDueAt.ShouldBe(Case.Start + Hours(22));
    }

    [Fact]
    [Trait("Rule", "CMP-13")]
    [Trait("Rule", "CMP-14")]
    public void A_major_complaint_starts_the_report_at_registration_and_the_solution_at_reception()
    {
        var c = Case.Registered(Severity.Major, receivedAt: Case.Start - Hours(2));
        c.Complaint.Clocks.Count.ShouldBe(2);
        c.Clock(ComplaintClock.HeadReport).ShouldSatisfyAllConditions(k => k.StartedAt.ShouldBe(Case.Start), k => k.DueAt.ShouldBe(Case.Start + Minutes(10)));
        c.Clock(ComplaintClock.Solution).ShouldSatisfyAllConditions(k => k.StartedAt.ShouldBe(Case.Start - Hours(2)), k => k.DueAt.ShouldBe(Case.Start + Hours(10)));
    }

    [Fact]
    [Trait("Rule", "CMP-09")]
    public void Received_long_ago_its_clock_is_born_breached_with_both_rungs_late()
    {
        var c = Case.Registered(receivedAt: Case.Start - Hours(24) - Microsecond);
        var feedback = c.Clock(ComplaintClock.Feedback);
        feedback.StateAt(Case.Start).ShouldBe(ClockState.Breached);
        feedback.Rungs.Select(r => (r.Rung, r.At, r.Late)).ShouldBe([(Rung.Warn, Case.Start - Hours(6) - Microsecond, true), (Rung.Breach, Case.Start - Microsecond, false)]);
        Case.Registered(receivedAt: Case.Start - Hours(24)).Clock(ComplaintClock.Feedback).StateAt(Case.Start).ShouldBe(ClockState.Warned);
    }

    [Fact]
    [Trait("Rule", "CMP-02")]
    public void The_same_ticket_with_other_words_keeps_them_once_as_a_supplement_and_changes_nothing_else()
    {
        var c = Case.Registered();
        c.Complaint.Supplement("电梯停运", (said, _) => said?.ToString(), c.Moment).ShouldBeFalse();
        c.Complaint.Version.ShouldBe(1);
        c.Complaint.Supplement("仍未修复", (said, _) => said?.ToString(), c.Moment).ShouldBeTrue();
        c.Complaint.Supplement("仍未修复", (said, _) => said?.ToString(), c.Moment).ShouldBeFalse();
        c.Complaint.Supplements.ShouldHaveSingleItem().Content!.ToString().ShouldBe("仍未修复");
        c.Complaint.ShouldSatisfyAllConditions(x => x.Version.ShouldBe(2), x => x.Record.Content!.ToString().ShouldBe("电梯停运"), x => x.Status.ShouldBe(CaseStatus.Registered), x => x.Clocks.Count.ShouldBe(2));
    }
}
