using Crm.Organization.Violations;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-13: which offence a violation is, what it leads to, and what becomes of it.</summary>
[Trait("Rule", "ORG-13")]
public sealed class ViolationTests
{
    private static readonly Sanction Warning = new(SanctionMeasure.VerbalWarning), Fine = new(SanctionMeasure.Fine, 50), Points = new(SanctionMeasure.PointsDeduction, 2), Dismissal = new(SanctionMeasure.DismissalProposed);
    private static readonly Instant Morning = InShanghai("2026-03-02T08:00:00");
    private static readonly Duration AppealTime = Days(7);
    private readonly List<Violation> history = [];

    [Fact]
    public void The_nth_offence_leads_to_the_nth_rung_and_those_after_the_last_to_the_last()
    {
        var ladder = LadderOf(windowMonths: null);
        ladder.SanctionsOf(1).ShouldBe([Warning]);
        ladder.SanctionsOf(2).ShouldBe([Fine, Points]);
        ladder.SanctionsOf(3).ShouldBe([Dismissal]);
        ladder.SanctionsOf(4).ShouldBe([Dismissal]);
    }

    [Fact]
    public void Exactly_so_many_months_apart_still_counts_and_a_microsecond_more_does_not()
    {
        var (ladder, first) = (LadderOf(windowMonths: 6), new Offence(Morning, Counts: true));
        ladder.NumberOf(InShanghai("2026-09-02T08:00:00"), [first], Shanghai).ShouldBe(2);
        ladder.NumberOf(InShanghai("2026-09-02T08:00:00") + Microsecond, [first], Shanghai).ShouldBe(1);
        LadderOf(windowMonths: null).NumberOf(InShanghai("2036-09-02T08:00:00"), [first], Shanghai).ShouldBe(2);
        // Of 31 August, six months later is the last of February.
        ladder.NumberOf(InShanghai("2027-02-28T08:00:00"), [new(InShanghai("2026-08-31T08:00:00"), Counts: true)], Shanghai).ShouldBe(2);
        ladder.NumberOf(InShanghai("2027-02-28T08:00:00") + Microsecond, [new(InShanghai("2026-08-31T08:00:00"), Counts: true)], Shanghai).ShouldBe(1);
    }

    [Fact]
    public void An_offence_that_is_found_late_counts_after_those_that_were_recorded_before_it()
    {
        var ladder = LadderOf(windowMonths: 6);
        ladder.NumberOf(Morning, [new(InShanghai("2026-09-02T08:00:00"), Counts: true)], Shanghai).ShouldBe(2);
        ladder.NumberOf(Morning - Microsecond, [new(InShanghai("2026-09-02T08:00:00"), Counts: true)], Shanghai).ShouldBe(1);
    }

    [Fact]
    public void What_was_overturned_does_not_count()
    {
        LadderOf(windowMonths: null).NumberOf(Morning, [new(Morning, Counts: true), new(Morning, Counts: false)], Shanghai).ShouldBe(2);
    }

    [Fact]
    public void Later_ones_become_earlier_offences_when_one_is_overturned_and_keep_what_they_were_in_their_history()
    {
        var (first, second, third) = (Record(), Record(), Record());
        (first.Number, second.Number, third.Number).ShouldBe((1, 2, 3));
        first.Decide(ViolationDecision.Overturned, "误记", "demo.head", Morning);
        Recount().ShouldBe([true, true]);
        (second.Number, third.Number).ShouldBe((1, 2));
        third.Sanctions.ShouldBe([Fine, Points]);
        third.Steps.Select(s => (s.Kind, s.Number)).ShouldBe([(ViolationStepKind.Recorded, 3), (ViolationStepKind.Recounted, 2)]);
        third.Steps.Last().By.ShouldBe("rule:ORG-13");
        Record().Number.ShouldBe(3);

        second.Decide(ViolationDecision.Overturned, "误记", "demo.head", Morning);
        Recount().ShouldBe([false, true, true], "what was overturned itself is not counted anew");
        third.Number.ShouldBe(1);

        bool[] Recount() => [.. history.Skip(1).Select(v => v.Recount(LadderOf(windowMonths: null), [.. history.Where(b => b.Place < v.Place)], Shanghai, Morning))];
    }

    [Fact]
    public void An_appeal_is_in_time_to_the_last_microsecond_and_made_once()
    {
        var (inTime, late) = (Record(), Record());
        inTime.Appeal("请假", "demo.officer", Morning + AppealTime);
        inTime.State.ShouldBe(ViolationState.Appealed);
        inTime.Offence.Counts.ShouldBeTrue();
        Refused.By("ORG-13", () => late.Appeal("请假", "demo.officer", Morning + AppealTime + Microsecond));
        Refused.By("ORG-13", () => inTime.Appeal("请假", "demo.officer", Morning));
        late.State.ShouldBe(ViolationState.Recorded);
    }

    [Fact]
    public void Somebody_else_decides_once_and_only_an_appeal_can_be_dismissed()
    {
        var violation = Record();
        Refused.By("ORG-13", () => violation.Decide(ViolationDecision.Overturned, "误记", "demo.manager", Morning));
        Refused.By("ORG-13", () => violation.Decide(ViolationDecision.Overturned, "误记", "demo.officer", Morning));
        Refused.By("ORG-13", () => violation.Decide(ViolationDecision.Upheld, "属实", "demo.head", Morning), "overturned");
        violation.Appeal("请假", "demo.officer", Morning);
        Refused.By("ORG-13", () => violation.Decide(ViolationDecision.Upheld, "属实", "demo.manager", Morning));
        violation.Decide(ViolationDecision.Upheld, "属实", "demo.head", Morning);
        (violation.State, violation.Offence.Counts).ShouldBe((ViolationState.Upheld, true));
        Refused.By("ORG-13", () => violation.Decide(ViolationDecision.Overturned, "误记", "demo.head", Morning));
        Refused.By("ORG-13", () => violation.Appeal("请假", "demo.officer", Morning));
        violation.Steps.Select(s => s.Kind).ShouldBe([ViolationStepKind.Recorded, ViolationStepKind.Appealed, ViolationStepKind.Upheld]);
    }

    [Theory]
    [InlineData("fine", null, false)]
    [InlineData("fine", 0, false)]
    [InlineData("fine", 1, true)]
    [InlineData("rotationRemoval", 1_000_000, true)]
    [InlineData("pointsDeduction", 1_000_001, false)]
    [InlineData("verbalWarning", null, true)]
    [InlineData("verbalWarning", 1, false)]
    [InlineData("dismissalProposed", 1, false)]
    public void A_sanction_has_an_amount_where_its_measure_has_one(string measure, int? amount, bool whole) =>
        new Sanction(Enum.Parse<SanctionMeasure>(measure, ignoreCase: true), amount).IsWhole().ShouldBe(whole);

    private Violation Record()
    {
        var kind = new ViolationKindVersion { Kind = "lateness", Version = 1, By = "demo.admin", Reason = "制度", At = Morning, Terms = new("Lateness", "迟到", "迟到", LadderOf(windowMonths: null)) };
        var violation = Violation.Record(new Finding("demo.officer", Company.Demo, kind, Morning, "迟到", Evidence: null), history, AppealTime, "demo.manager", Morning);
        history.Add(violation);
        return violation;
    }

    private static Ladder LadderOf(int? windowMonths) => new([[Warning], [Fine, Points], [Dismissal]], windowMonths);
}
