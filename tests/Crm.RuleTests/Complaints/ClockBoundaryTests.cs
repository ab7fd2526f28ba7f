using Crm.Complaints;
using Crm.Shared.Clocks;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;
using Moment = Crm.Shared.Clocks.Moment<Crm.Complaints.CasePolicies>;

namespace Crm.RuleTests;

/// <summary>Each clock of a complaint at its due instant, where the act is in time, and one microsecond later, where it is late and breached.</summary>
public sealed class ClockBoundaryTests
{
    [Fact]
    [Trait("Rule", "CMP-09")]
    public void Feedback() => BothSides(() => Case.Registered(), ComplaintClock.Feedback, (c, m) => c.GiveFeedback("已派维修", m), "customer-feedback", Hours(24));

    [Fact]
    [Trait("Rule", "CMP-13")]
    public void The_report_to_the_head() =>
        BothSides(() => Case.Major(), ComplaintClock.HeadReport, (c, m) => c.ReportToHead("demo.head", "电话", m), "head-report", Minutes(10));

    [Fact]
    [Trait("Rule", "CMP-13")]
    public void The_report_ended_by_an_acknowledgement_that_came_first() =>
        BothSides(() => Case.Major(), ComplaintClock.HeadReport, (c, m) => c.AcknowledgeByHead(m), "head-acknowledgement", Minutes(10));

    [Fact]
    [Trait("Rule", "CMP-13")]
    public void The_heads_acknowledgement() => BothSides(
        () => Case.Major().At(Case.Start + Minutes(4), (c, m) => c.ReportToHead("demo.head", "电话", m)),
        ComplaintClock.HeadAcknowledgement, (c, m) => c.AcknowledgeByHead(m), "head-acknowledgement", Minutes(14));

    [Fact]
    [Trait("Rule", "CMP-14")]
    public void The_solution_ended_by_agreement_where_the_policy_says_so() => BothSides(
        () => Case.Major(Company.Own(Company.Demo, "complaints.solution-ends", "\"agreed\"")),
        ComplaintClock.Solution, (c, m) => c.AgreeSolution("更换控制板", m), "agreed-solution", Hours(12));

    [Fact]
    [Trait("Rule", "CMP-14")]
    public void The_solution_agreed_before_and_ended_by_carrying_it_out() => BothSides(
        () => Accepted(Case.Major()).At(Case.Start + Hours(2), (c, m) => c.AgreeSolution("更换控制板", m)),
        ComplaintClock.Solution, (c, m) => c.Resolve("已更换", m), "resolution", Hours(12));

    [Fact]
    [Trait("Rule", "CMP-14")]
    public void Agreement_alone_does_not_end_the_solution_by_default()
    {
        var c = Case.Major().At(Case.Start + Hours(2), (x, m) => x.AgreeSolution("更换控制板", m));
        c.Clock(ComplaintClock.Solution).IsRunning.ShouldBeTrue();
        c.Clock(ComplaintClock.Solution).StateAt(Case.Start + Hours(12) + Microsecond).ShouldBe(ClockState.Breached);
    }

    [Fact]
    [Trait("Rule", "CMP-14")]
    public void Resolved_without_an_agreement_the_solution_is_met_until_due_and_stays_breached_after()
    {
        State(Hours(12)).ShouldBe(ClockState.Met);
        State(Hours(12) + Microsecond).ShouldBe(ClockState.Breached);

        static ClockState State(Duration after) =>
            Accepted(Case.Major()).At(Case.Start + after, (c, m) => c.Resolve("已修复", m)).Clock(ComplaintClock.Solution).StateAt(Case.Start + Days(30));
    }

    [Fact]
    [Trait("Rule", "CMP-16")]
    public void Resolved_at_ten_days_it_never_becomes_major_a_microsecond_later_it_has()
    {
        var inTime = Accepted(Case.Registered()).At(Case.Start + Days(10), (c, m) => c.Resolve("已修复", m));
        inTime.Clock(ComplaintClock.Escalation).StateAt(inTime.Now).ShouldBe(ClockState.Met);
        inTime.Complaint.Severity.ShouldBe(Severity.Minor);

        var late = Accepted(Case.Registered()).At(Case.Start + Days(10) + Microsecond, (c, m) => c.Resolve("已修复", m));
        late.Clock(ComplaintClock.Escalation).StateAt(late.Now).ShouldBe(ClockState.Breached);
        late.Complaint.Severity.ShouldBe(Severity.Major);
        late.Clock(ComplaintClock.HeadReport).StateAt(late.Now).ShouldBe(ClockState.Met);
    }

    [Fact]
    [Trait("Rule", "CMP-09")]
    public void Only_the_first_feedback_ends_the_clock_and_more_may_follow()
    {
        var c = Case.Registered().At(Case.Start + Hours(1), (x, m) => x.GiveFeedback("已派维修", m)).At(Case.Start + Hours(2), (x, m) => x.GiveFeedback("配件已到", m));
        c.Clock(ComplaintClock.Feedback).EndedAt.ShouldBe(Case.Start + Hours(1));
        c.Complaint.Steps.Count(s => s.Kind == StepKind.CustomerFeedback).ShouldBe(2);
    }

    [Fact]
    [Trait("Rule", "CMP-13")]
    public void Acknowledged_before_any_report_both_are_over_and_a_later_report_starts_nothing()
    {
        var c = Case.Major().At(Case.Start + Minutes(3), (x, m) => x.AcknowledgeByHead(m)).At(Case.Start + Minutes(4), (x, m) => x.ReportToHead("demo.head", "电话", m));
        c.Clocks(ComplaintClock.HeadAcknowledgement).ShouldBeEmpty();
        c.Clock(ComplaintClock.HeadReport).EndedAt.ShouldBe(Case.Start + Minutes(3));
    }

    private static Case Accepted(Case c) => c.At(Case.Start, (x, m) => x.Accept(m));

    private static void BothSides(Func<Case> make, ComplaintClock kind, Action<Complaint, Moment> act, string by, Duration due)
    {
        var dueAt = Case.Start + due;
        var c = make().At(dueAt);
        c.Clock(kind).DueAt.ShouldBe(dueAt);
        c.Clock(kind).StateAt(dueAt).ShouldBe(ClockState.Warned);
        c.At(dueAt, act);
        c.Clock(kind).ShouldSatisfyAllConditions(k => k.StateAt(dueAt + Days(30)).ShouldBe(ClockState.Met), k => k.EndedAt.ShouldBe(dueAt), k => k.EndedBy.ShouldBe(by));
        c.Breaches(kind).ShouldBe(0);

        var late = make().At(dueAt + Microsecond);
        late.Clock(kind).StateAt(late.Now).ShouldBe(ClockState.Breached);
        late.At(dueAt + Microsecond, act).Clock(kind).StateAt(dueAt + Days(30)).ShouldBe(ClockState.MetLate);
        late.Breaches(kind).ShouldBe(1);
        late.Clock(kind).Rungs.Last().ShouldSatisfyAllConditions(r => r.Rung.ShouldBe(Rung.Breach), r => r.At.ShouldBe(dueAt), r => r.Late.ShouldBeFalse());
    }
}
