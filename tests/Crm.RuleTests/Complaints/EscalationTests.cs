using Crm.Complaints;
using Crm.Complaints.Contracts;
using Crm.Shared.Clocks;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>CMP-16: not reasonably resolved in ten days, a complaint becomes major by itself.</summary>
[Trait("Rule", "CMP-16")]
public sealed class EscalationTests
{
    [Fact]
    public void At_ten_days_it_is_still_minor_a_microsecond_later_it_is_major_with_its_reason()
    {
        var c = Case.Registered().At(Case.Start + Days(10));
        c.Complaint.Severity.ShouldBe(Severity.Minor);
        var version = c.Complaint.Version;

        c.At(Case.Start + Days(10) + Microsecond);
        c.Complaint.ShouldSatisfyAllConditions(x => x.Severity.ShouldBe(Severity.Major), x => x.Version.ShouldBe(version + 1), x => x.Status.ShouldBe(CaseStatus.Registered));
        c.Raised<ComplaintEscalated>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            e => e.From.ShouldBe("minor"), e => e.To.ShouldBe("major"), e => e.Rule.ShouldBe("CMP-16"), e => e.OccurredAt.ShouldBe(Case.Start + Days(10)));
        c.Complaint.Steps.Single(s => s.Kind == StepKind.Promoted).ShouldSatisfyAllConditions(
            s => s.By.ShouldBe("rule:CMP-16"), s => s.At.ShouldBe(Case.Start + Days(10)), s => s.Severity.ShouldBe(Severity.Major), s => s.Text.ShouldNotBeNull().ToString().ShouldContain("240"));
    }

    [Fact]
    public void The_major_clocks_start_at_that_moment_with_their_full_budget()
    {
        var c = Case.Registered().At(Case.Start + Days(10) + Microsecond);
        c.Clock(ComplaintClock.HeadReport).ShouldSatisfyAllConditions(k => k.StartedAt.ShouldBe(Case.Start + Days(10)), k => k.DueAt.ShouldBe(Case.Start + Days(10) + Minutes(10)));
        c.Clock(ComplaintClock.Solution).DueAt.ShouldBe(Case.Start + Days(10) + Hours(12));
        c.Clock(ComplaintClock.Escalation).ShouldSatisfyAllConditions(k => k.IsRunning.ShouldBeFalse(), k => k.EndedAt.ShouldBe(Case.Start + Days(10)), k => k.EndedBy.ShouldBe("CMP-16"));
    }

    [Fact]
    public void Found_a_day_late_they_start_when_recorded_and_both_instants_are_kept()
    {
        var found = Case.Start + Days(11);
        var c = Case.Registered().At(found);
        c.Clock(ComplaintClock.Escalation).Rungs.Last().ShouldSatisfyAllConditions(
            r => r.Rung.ShouldBe(Rung.Breach), r => r.At.ShouldBe(Case.Start + Days(10)), r => r.WrittenAt.ShouldBe(found), r => r.Late.ShouldBeTrue());
        c.Clock(ComplaintClock.HeadReport).ShouldSatisfyAllConditions(k => k.StartedAt.ShouldBe(found), k => k.DueAt.ShouldBe(found + Minutes(10)), k => k.StateAt(found).ShouldBe(ClockState.Running));
        c.Clock(ComplaintClock.Solution).StartedAt.ShouldBe(found);
        c.Complaint.Steps.Single(s => s.Kind == StepKind.Promoted).At.ShouldBe(Case.Start + Days(10));
        c.Raised<ComplaintClockBreached>().Where(e => e.Clock == "escalation").ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Late.ShouldBeTrue(), e => e.OccurredAt.ShouldBe(Case.Start + Days(10)));
        c.Breaches(ComplaintClock.HeadReport).ShouldBe(0);
    }

    [Fact]
    public void It_happens_once_in_a_cycle_even_when_somebody_makes_it_minor_again()
    {
        var c = Case.Registered().At(Case.Start + Days(10) + Microsecond).At(Case.Start + Days(11), (x, m) => x.ChangeSeverity(Severity.Minor, "已说明", m));
        c.Complaint.Severity.ShouldBe(Severity.Minor);
        c.At(Case.Start + Days(40));
        c.Complaint.Severity.ShouldBe(Severity.Minor);
        c.Breaches(ComplaintClock.Escalation).ShouldBe(1);
    }

    [Fact]
    public void A_major_complaint_has_nothing_to_escalate_to() =>
        Case.Major().At(Case.Start + Days(30)).Raised<ComplaintEscalated>().ShouldBeEmpty();

    [Fact]
    public void An_ordinary_or_important_one_becomes_major_too()
    {
        foreach (var severity in new[] { Severity.Ordinary, Severity.Important })
        {
            var c = Case.Registered(severity, project: Company.Harbour).At(Case.Start + Days(10) + Microsecond);
            c.Complaint.Severity.ShouldBe(Severity.Major);
        }
    }

    [Fact]
    public void Received_eleven_days_before_it_is_registered_it_is_major_at_once_and_the_people_get_their_full_time()
    {
        var c = Case.Registered(receivedAt: Case.Start - Days(11));
        c.Complaint.Severity.ShouldBe(Severity.Major);
        c.Complaint.Record.ProposedSeverity.ShouldBe(Severity.Minor);
        c.Clock(ComplaintClock.HeadReport).StartedAt.ShouldBe(Case.Start);
    }

    [Fact]
    public void Everything_that_was_missed_is_told_once_and_in_the_order_of_its_instants()
    {
        var c = Case.Registered().At(Case.Start + Days(20));
        c.At(Case.Start + Days(20));
        var told = c.Complaint.Raised.Where(e => e is ComplaintClockWarned or ComplaintClockBreached or ComplaintEscalated).ToArray();
        told.Select(e => e switch
        {
            ComplaintClockWarned w => w.Clock + " warned",
            ComplaintClockBreached b => b.Clock + " breached",
            _ => "escalated",
        }).ShouldBe(["feedback warned", "feedback breached", "escalation warned", "escalation breached", "escalated"]);
        told.Select(e => e.OccurredAt).ShouldBeInOrder();
    }
}
