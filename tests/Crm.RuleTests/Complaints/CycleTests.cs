using Crm.Complaints;
using Crm.Complaints.Contracts;
using Crm.Shared.Clocks;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>Resolving, reopening, withdrawing and filing.</summary>
public sealed class CycleTests
{
    [Fact]
    [Trait("Rule", "CMP-20")]
    public void Resolving_ends_every_clock_and_reports_what_plans_the_return_visit()
    {
        var c = Case.In(CaseStatus.Resolved);
        c.Complaint.Clocks.ShouldAllBe(k => !k.IsRunning && k.End == ClockEnd.Met && k.EndedBy == "resolution");
        c.Complaint.EarliestDueAt.ShouldBeNull();
        c.Raised<ComplaintResolved>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            e => e.Major.ShouldBeFalse(), e => e.Kind.ShouldBe("complaint"), e => e.ReceivedBy.ShouldBe("demo.officer"), e => e.ResolvedBy.ShouldBe("demo.officer"),
            e => e.Exempt.ShouldBeNull(), e => e.Cycle.ShouldBe(1), e => e.OccurredAt.ShouldBe(Case.Start));
        Case.In(CaseStatus.Resolved, Severity.Major).Raised<ComplaintResolved>().ShouldHaveSingleItem().Major.ShouldBeTrue();
    }

    [Theory]
    [Trait("Rule", "CMP-19")]
    [InlineData(nameof(CaseStatus.Resolved))]
    [InlineData(nameof(CaseStatus.Verified))]
    [InlineData(nameof(CaseStatus.Archived))]
    public void Reopening_begins_a_numbered_cycle_with_fresh_clocks_and_leaves_the_old_ones_as_they_are(string from)
    {
        var c = Case.In(Enum.Parse<CaseStatus>(from));
        var before = c.Complaint.Clocks.Select(k => (k.Id, k.EndedAt, k.End, k.DueAt, k.StateAt(Case.Start))).ToArray();
        c.At(Case.Start + Days(3), (x, m) => x.Reopen("客户不满意", m));

        c.Complaint.Cycle.ShouldBe(2);
        c.Complaint.Clocks.Where(k => k.Cycle == 1).Select(k => (k.Id, k.EndedAt, k.End, k.DueAt, k.StateAt(Case.Start))).ShouldBe(before);
        c.Clock(ComplaintClock.Feedback, cycle: 2).ShouldSatisfyAllConditions(k => k.StartedAt.ShouldBe(c.Now), k => k.DueAt.ShouldBe(c.Now + Hours(24)), k => k.Consumed.ShouldBe(default));
        c.Clock(ComplaintClock.Escalation, cycle: 2).DueAt.ShouldBe(c.Now + Days(10));
        c.Raised<ComplaintReopened>().ShouldHaveSingleItem().Cycle.ShouldBe(2);
    }

    [Fact]
    [Trait("Rule", "CMP-19")]
    public void A_breach_of_an_earlier_cycle_stays_and_the_new_cycle_can_breach_of_itself()
    {
        var c = Case.Registered().At(Case.Start + Hours(30), (x, m) => x.Accept(m)).At(Case.Start + Hours(30), (x, m) => x.Resolve("已修复", m))
            .At(Case.Start + Hours(40), (x, m) => x.Reopen("客户不满意", m)).At(Case.Start + Hours(64) + Microsecond);
        c.Clock(ComplaintClock.Feedback, cycle: 1).StateAt(c.Now).ShouldBe(ClockState.Breached);
        c.Clock(ComplaintClock.Feedback, cycle: 2).StateAt(c.Now).ShouldBe(ClockState.Breached);
        c.Raised<ComplaintClockBreached>().Where(e => e.Clock == "feedback").Select(e => e.Cycle).ShouldBe([1, 2]);
    }

    [Fact]
    [Trait("Rule", "CMP-20")]
    public void Each_cycle_is_resolved_with_an_event_of_its_own()
    {
        var c = Case.In(CaseStatus.Reopened);
        c.Complaint.Resolve("再次修复", c.Moment);
        c.Raised<ComplaintResolved>().Select(e => e.Cycle).ShouldBe([1, 2]);
        c.Complaint.Handler.ShouldBe("demo.officer");
    }

    [Fact]
    [Trait("Rule", "CMP-14")]
    public void A_solution_agreed_in_an_earlier_cycle_counts_for_that_cycle_only()
    {
        var c = Case.Major().At(Case.Start, (x, m) => x.Accept(m)).At(Case.Start, (x, m) => x.AgreeSolution("更换控制板", m)).At(Case.Start, (x, m) => x.Resolve("已更换", m))
            .At(Case.Start + Days(1), (x, m) => x.Reopen("又坏了", m)).At(Case.Start + Days(2), (x, m) => x.Resolve("再次更换", m));
        c.Clock(ComplaintClock.Solution, cycle: 2).StateAt(c.Now).ShouldBe(ClockState.Breached);
    }

    [Fact]
    [Trait("Rule", "CMP-19")]
    public void Withdrawal_cancels_every_running_clock_even_one_past_due_whose_breach_stays_written()
    {
        var c = Case.Registered().At(Case.Start + Hours(25), (x, m) => x.Withdraw("已自行解决", m));
        c.Complaint.Clocks.ShouldAllBe(k => k.End == ClockEnd.Cancelled && k.EndedBy == "withdrawal");
        c.Breaches(ComplaintClock.Feedback).ShouldBe(1);
        c.Raised<ComplaintWithdrawn>().Count.ShouldBe(1);
        c.At(Case.Start + Days(30)).Complaint.Severity.ShouldBe(Severity.Minor);
    }

    [Fact]
    [Trait("Rule", "CMP-23")]
    public void Nobody_who_left_a_name_is_exempt_from_the_return_visit()
    {
        Exemption(Case.Registered()).ShouldBeNull();
        Exemption(Case.Registered(name: null)).ShouldBe("anonymous");
        Exemption(Case.Registered(channel: Channel.Authority, writtenReplyOnly: true)).ShouldBe("writtenReplyOnly");

        static string? Exemption(Case c)
        {
            c.Complaint.Accept(c.Moment);
            c.Complaint.Resolve("已修复", c.Moment);
            return c.Raised<ComplaintResolved>().Single().Exempt;
        }
    }

    [Fact]
    [Trait("Rule", "CMP-23")]
    public void An_exempt_case_is_filed_only_with_its_written_reply()
    {
        var c = Verified(Case.Registered(channel: Channel.Authority, writtenReplyOnly: true));
        Refused.By("CMP-23", () => c.Complaint.Archive(c.Moment), "written-reply");
        c.Complaint.Status.ShouldBe(CaseStatus.Verified);
        c.Complaint.ReplyInWriting("关于……的答复", c.Moment);
        c.Complaint.Archive(c.Moment);
        c.Raised<ComplaintArchived>().Count.ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "CMP-23")]
    public void Where_there_is_nobody_to_write_to_a_note_says_so_once_and_the_case_can_be_filed()
    {
        var c = Verified(Case.Registered(name: null, phone: false));
        c.Complaint.Steps.Single(s => s.Kind == StepKind.WrittenReply).ShouldSatisfyAllConditions(s => s.By.ShouldBe("rule:CMP-23"), s => s.Text.ShouldNotBeNull().ToString().ShouldContain("无处书面答复"));
        c.Complaint.Archive(c.Moment);
        c.Complaint.Status.ShouldBe(CaseStatus.Archived);
    }

    [Fact]
    [Trait("Rule", "CMP-23")]
    public void A_nameless_caller_with_a_phone_can_be_answered_so_the_reply_is_wanted()
    {
        var c = Verified(Case.Registered(name: null, phone: true));
        Refused.By("CMP-23", () => c.Complaint.Archive(c.Moment), "written-reply");
    }

    private static Case Verified(Case c) => c.At(Case.Start, (x, m) => x.Accept(m)).At(Case.Start, (x, m) => x.Resolve("已修复", m)).At(Case.Start, (x, m) => x.Verify("现场核实", m));
}
