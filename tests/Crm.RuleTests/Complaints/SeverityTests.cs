using Crm.Complaints;
using Crm.Complaints.Contracts;
using Crm.Shared.Clocks;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>CMP-04, CMP-29: the scale, and what a change by hand does to the clocks.</summary>
public sealed class SeverityTests
{
    [Theory]
    [Trait("Rule", "CMP-04")]
    [InlineData("demo", nameof(Severity.Ordinary), "minor", "major")]
    [InlineData("demo", nameof(Severity.Important), "minor", "major")]
    [InlineData("harbour", nameof(Severity.Minor), "ordinary", "important", "major")]
    public void A_severity_off_the_projects_scale_is_refused_naming_the_scale(string project, string severity, params string[] scale)
    {
        var place = project == "demo" ? Company.Demo : Company.Harbour;
        var policies = new CasePolicies(Company.With(), place, Case.Start);
        Refused.By("CMP-04", () => Complaint.EnsureOnScale(Enum.Parse<Severity>(severity), policies), scale);
        var c = Case.Registered(policies.Scale[0], project: place);
        Refused.By("CMP-04", () => c.Complaint.ChangeSeverity(Enum.Parse<Severity>(severity), "误判", c.Moment), scale);
    }

    [Fact]
    [Trait("Rule", "CMP-04")]
    public void A_change_to_what_it_is_already_is_refused_naming_the_others()
    {
        var c = Case.Registered();
        Refused.By("CMP-04", () => c.Complaint.ChangeSeverity(Severity.Minor, "误判", c.Moment), "major");
    }

    [Fact]
    [Trait("Rule", "CMP-04")]
    public void A_change_keeps_its_reason_and_what_the_receiver_proposed()
    {
        var c = Case.Registered().At(Case.Start + Hours(1), (x, m) => x.ChangeSeverity(Severity.Major, "客户提出赔偿要求", m));
        c.Complaint.Record.ProposedSeverity.ShouldBe(Severity.Minor);
        c.Complaint.Steps.Last().ShouldSatisfyAllConditions(s => s.Kind.ShouldBe(StepKind.SeverityChanged), s => s.Text!.ToString().ShouldBe("客户提出赔偿要求"), s => s.Severity.ShouldBe(Severity.Major));
    }

    [Fact]
    [Trait("Rule", "CMP-29")]
    public void To_major_the_clocks_of_minor_are_cancelled_and_those_of_major_begin()
    {
        var c = Case.Registered().At(Case.Start + Hours(3), (x, m) => x.ChangeSeverity(Severity.Major, "升级", m));
        foreach (var kind in new[] { ComplaintClock.Feedback, ComplaintClock.Escalation })
            c.Clock(kind).ShouldSatisfyAllConditions(k => k.StateAt(c.Now).ShouldBe(ClockState.Cancelled), k => k.EndedAt.ShouldBe(c.Now), k => k.EndedBy.ShouldBe("severity"));
        c.Clock(ComplaintClock.HeadReport).DueAt.ShouldBe(c.Now + Minutes(10));
        c.Clock(ComplaintClock.Solution).DueAt.ShouldBe(c.Now + Hours(12));
        c.Complaint.EarliestDueAt.ShouldBe(c.Now + Minutes(10));
    }

    [Fact]
    [Trait("Rule", "CMP-29")]
    public void Back_again_a_clock_of_the_same_kind_goes_on_from_the_time_it_had_used_and_both_deadlines_stay()
    {
        var c = Case.Registered()
            .At(Case.Start + Hours(20), (x, m) => x.ChangeSeverity(Severity.Major, "升级", m))
            .At(Case.Start + Hours(30), (x, m) => x.ChangeSeverity(Severity.Minor, "降级", m));
        var feedback = c.Clocks(ComplaintClock.Feedback).OrderBy(k => k.StartedAt).ToArray();
        feedback.Select(k => k.DueAt).ShouldBe([Case.Start + Hours(24), Case.Start + Hours(34)]);
        feedback[1].ShouldSatisfyAllConditions(k => k.Consumed.ShouldBe(Hours(20)), k => k.StateAt(c.Now).ShouldBe(ClockState.Warned));

        c.At(Case.Start + Hours(34)).Breaches(ComplaintClock.Feedback).ShouldBe(0);
        c.At(Case.Start + Hours(34) + Microsecond).Breaches(ComplaintClock.Feedback).ShouldBe(1);
        c.Raised<ComplaintClockWarned>().Count(e => e.Clock == "feedback").ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "CMP-29")]
    public void Changed_at_the_very_instant_of_a_warning_it_warns_once()
    {
        var c = Case.Registered()
            .At(Case.Start + Hours(18), (x, m) => x.ChangeSeverity(Severity.Major, "升级", m))
            .At(Case.Start + Hours(19), (x, m) => x.ChangeSeverity(Severity.Minor, "降级", m)).At(Case.Start + Hours(20));
        c.Raised<ComplaintClockWarned>().Count(e => e.Clock == "feedback").ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "CMP-29")]
    public void What_had_breached_does_not_breach_again()
    {
        var c = Case.Registered()
            .At(Case.Start + Hours(25), (x, m) => x.ChangeSeverity(Severity.Major, "升级", m))
            .At(Case.Start + Hours(26), (x, m) => x.ChangeSeverity(Severity.Minor, "降级", m)).At(Case.Start + Hours(60));
        c.Breaches(ComplaintClock.Feedback).ShouldBe(1);
        c.Clocks(ComplaintClock.Feedback).Last().StateAt(c.Now).ShouldBe(ClockState.Breached);
    }

    [Fact]
    [Trait("Rule", "CMP-29")]
    public void Where_the_time_was_cut_meanwhile_the_breach_is_told_though_the_earlier_clock_had_not_come_to_it()
    {
        var c = Case.Registered().At(Case.Start + Hours(12), (x, m) => x.ChangeSeverity(Severity.Major, "升级", m));
        c.Set(Company.Own(Company.Demo, "complaints.feedback", "\"PT6H\""));
        c.At(Case.Start + Hours(13), (x, m) => x.ChangeSeverity(Severity.Minor, "降级", m));
        c.Clocks(ComplaintClock.Feedback).Last().StateAt(c.Now).ShouldBe(ClockState.Breached);
        c.Breaches(ComplaintClock.Feedback).ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "CMP-29")]
    public void What_was_met_in_the_cycle_is_not_asked_for_again()
    {
        var c = Case.Registered()
            .At(Case.Start + Hours(1), (x, m) => x.GiveFeedback("已派维修", m))
            .At(Case.Start + Hours(2), (x, m) => x.ChangeSeverity(Severity.Major, "升级", m))
            .At(Case.Start + Hours(3), (x, m) => x.ChangeSeverity(Severity.Minor, "降级", m));
        c.Clock(ComplaintClock.Feedback).EndedBy.ShouldBe("customer-feedback");
        c.Clocks(ComplaintClock.Escalation).Count(k => k.IsRunning).ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "CMP-09")]
    public void Told_while_it_was_major_the_customer_has_been_told_when_it_is_lowered()
    {
        var c = Case.Major()
            .At(Case.Start + Hours(1), (x, m) => x.GiveFeedback("已派维修", m))
            .At(Case.Start + Hours(2), (x, m) => x.ChangeSeverity(Severity.Minor, "误判", m));
        c.Clocks(ComplaintClock.Feedback).ShouldBeEmpty();
        c.Clock(ComplaintClock.Escalation).IsRunning.ShouldBeTrue();
        // Of another cycle it is asked for again.
        c.At(Case.Start + Hours(3), (x, m) => x.Accept(m)).At(Case.Start + Hours(3), (x, m) => x.Resolve("已修复", m)).At(Case.Start + Hours(4), (x, m) => x.Reopen("又停运", m));
        c.Clock(ComplaintClock.Feedback, cycle: 2).IsRunning.ShouldBeTrue();
    }

    [Theory]
    [Trait("Rule", "CMP-14")]
    [InlineData("agreed", 0)]
    [InlineData("agreedAndCarriedOut", 1)]
    public void Agreed_while_it_was_minor_a_solution_is_asked_for_only_where_it_is_to_be_carried_out_as_well(string ends, int clocks)
    {
        var c = Case.Registered(own: Company.Own(Company.Demo, "complaints.solution-ends", $"\"{ends}\""))
            .At(Case.Start + Hours(1), (x, m) => x.AgreeSolution("更换控制板", m))
            .At(Case.Start + Hours(2), (x, m) => x.ChangeSeverity(Severity.Major, "升级", m));
        c.Clocks(ComplaintClock.Solution).Count().ShouldBe(clocks);
        c.Clock(ComplaintClock.HeadReport).IsRunning.ShouldBeTrue();
    }

    [Fact]
    [Trait("Rule", "CMP-29")]
    public void Received_a_little_ahead_of_the_clock_it_has_used_up_nothing_yet()
    {
        var c = Case.Registered(receivedAt: Case.Start + Minutes(4))
            .At(Case.Start + Minutes(1), (x, m) => x.ChangeSeverity(Severity.Major, "升级", m))
            .At(Case.Start + Minutes(2), (x, m) => x.ChangeSeverity(Severity.Minor, "降级", m));
        c.Clocks(ComplaintClock.Feedback).Last().DueAt.ShouldBe(Case.Start + Minutes(2) + Hours(24));
    }

    [Theory]
    [Trait("Rule", "CMP-13")]
    [InlineData(nameof(CaseKind.Complaint), 1)]
    [InlineData(nameof(CaseKind.Repair), 0)]
    public void Made_major_by_hand_a_complaint_is_told_of_as_one_registered_so(string kind, int told)
    {
        var c = Case.Registered(kind: Enum.Parse<CaseKind>(kind)).At(Case.Start + Hours(1), (x, m) => x.ChangeSeverity(Severity.Major, "升级", m));
        c.Raised<ComplaintEscalated>().Count(e => e is { From: "minor", To: "major", Rule: "CMP-04" }).ShouldBe(told);
        c.At(Case.Start + Hours(2), (x, m) => x.ChangeSeverity(Severity.Minor, "降级", m)).Raised<ComplaintEscalated>().Count().ShouldBe(told, "lowered, nobody has to hurry");
    }

    [Theory]
    [Trait("Rule", "FUP-04")]
    [InlineData(nameof(CaseKind.Complaint), true)]
    [InlineData(nameof(CaseKind.Repair), false)]
    public void Only_a_complaint_is_a_major_one_to_whoever_visits(string kind, bool major)
    {
        var c = Case.Registered(Severity.Major, Enum.Parse<CaseKind>(kind)).At(Case.Start + Hours(1), (x, m) => x.Accept(m)).At(Case.Start + Hours(1), (x, m) => x.Resolve("已修复", m));
        c.Raised<ComplaintResolved>().Single().Major.ShouldBe(major);
        c.At(Case.Start + Hours(2), (x, m) => x.Reopen("又坏了", m)).Raised<ComplaintReopened>().Single().Major.ShouldBe(major);
    }

    [Fact]
    [Trait("Rule", "CMP-29")]
    public void An_acknowledgement_still_awaited_goes_on_when_it_is_major_again()
    {
        var c = Case.Major()
            .At(Case.Start + Minutes(2), (x, m) => x.ReportToHead("demo.head", "电话", m))
            .At(Case.Start + Minutes(5), (x, m) => x.ChangeSeverity(Severity.Minor, "降级", m))
            .At(Case.Start + Minutes(20), (x, m) => x.ChangeSeverity(Severity.Major, "升级", m));
        c.Clocks(ComplaintClock.HeadAcknowledgement).Last().ShouldSatisfyAllConditions(k => k.IsRunning.ShouldBeTrue(), k => k.DueAt.ShouldBe(Case.Start + Minutes(27)));
        c.Clock(ComplaintClock.HeadReport).EndedBy.ShouldBe("head-report");
    }

    [Fact]
    [Trait("Rule", "CMP-29")]
    public void Between_two_severities_with_the_same_clocks_no_clock_moves()
    {
        var c = Case.Registered(Severity.Ordinary, project: Company.Harbour).At(Case.Start + Hours(3), (x, m) => x.ChangeSeverity(Severity.Important, "影响较大", m));
        c.Complaint.Clocks.Count.ShouldBe(2);
        c.Complaint.Clocks.ShouldAllBe(k => k.IsRunning);
        c.Complaint.EarliestDueAt.ShouldBe(Case.Start + Hours(24));
    }
}
