using Crm.Organization.Appraisals;
using Crm.Organization.Contracts;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-14: what an appraisal comes to, and who may do what with it.</summary>
[Trait("Rule", "ORG-14")]
public sealed class AppraisalTests
{
    private static readonly AppraisalPeriod February = new(PeriodKind.Month, new LocalDate(2026, 2, 1));
    private static readonly Instant Ended = InShanghai("2026-03-01T00:00:00");
    private static readonly GradeBand[] Bands = AppraisalPolicies.Grades.Default;
    private static readonly Criterion ByHand = new("attitude", "Attitude", "态度", 40), OnTime = new("on-time", "On time", "时限", 60, "complaints.on-time");

    [Theory]
    [InlineData(2, 3, 66.67)]
    [InlineData(1, 3, 33.33)]
    [InlineData(1, 8, 12.5)]
    [InlineData(0, 7, 0)]
    [InlineData(7, 7, 100)]
    [InlineData(1, 2000, 0.05)]
    [InlineData(1, 20000, 0.01)]
    [InlineData(9, 200000, 0)]
    public void A_share_is_its_percentage_to_two_decimals_half_up(long count, long of, decimal points) =>
        Points.Of(new Figure(count, of), FigureForm.Share, target: null)!.Value.Rounded.ShouldBe(points);

    [Fact]
    public void Nothing_of_nothing_is_no_points_a_count_goes_by_its_target_and_a_deduction_ends_at_none()
    {
        Points.Of(new Figure(0, 0), FigureForm.Share, target: null).ShouldBeNull();
        Points.Of(new Figure(39, 1), FigureForm.Count, target: 40)!.Value.Rounded.ShouldBe(97.5m);
        Points.Of(new Figure(40, 1), FigureForm.Count, target: 40)!.Value.Rounded.ShouldBe(100);
        Points.Of(new Figure(41, 1), FigureForm.Count, target: 40)!.Value.Rounded.ShouldBe(100);
        Points.Of(new Figure(0, 1), FigureForm.Deduction, target: null)!.Value.Rounded.ShouldBe(100);
        Points.Of(new Figure(99, 1), FigureForm.Deduction, target: null)!.Value.Rounded.ShouldBe(1);
        Points.Of(new Figure(101, 1), FigureForm.Deduction, target: null)!.Value.Rounded.ShouldBe(0);
    }

    [Fact]
    public void The_mean_is_exact_and_rounded_once()
    {
        // Three thirds of a hundred are a hundred; rounded one by one they would be 99.99.
        var third = new Points(100, 3);
        Points.Mean([(33, third), (33, new(200, 3)), (34, Points.Given(50))])!.Value.Rounded.ShouldBe(50);
        Points.Mean([(1, third), (1, third), (1, third)])!.Value.Rounded.ShouldBe(33.33m);
        // Exactly half a hundredth goes up; a hair less does not.
        Points.Mean([(50, Points.Given(90)), (50, new(8999, 100))])!.Value.Rounded.ShouldBe(90.00m, "89.995");
        Points.Mean([(50, Points.Given(90)), (50, new(89989999, 1000000))])!.Value.Rounded.ShouldBe(89.99m);
    }

    [Fact]
    public void A_criterion_with_nothing_to_measure_is_left_out_with_its_weight()
    {
        Points.Mean([(60, Points.Given(80)), (40, null)])!.Value.Rounded.ShouldBe(80);
        Points.Mean([(100, null)]).ShouldBeNull();
    }

    [Fact]
    public void The_order_of_the_criteria_does_not_matter()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 100; round++)
        {
            var criteria = Enumerable.Range(0, 7).Select(_ => (random.Next(1, 100), (Points?)new Points(random.Next(0, 1000), random.Next(10, 997)))).ToArray();
            var mean = Points.Mean(criteria)!.Value.Rounded;
            random.Shuffle(criteria);
            Points.Mean(criteria)!.Value.Rounded.ShouldBe(mean);
        }
    }

    [Theory]
    [InlineData(100, "A", "Reward")]
    [InlineData(90, "A", "Reward")]
    [InlineData(89.99, "B", "None")]
    [InlineData(75, "B", "None")]
    [InlineData(74.99, "C", "None")]
    [InlineData(60, "C", "None")]
    [InlineData(59.99, "D", "Training")]
    [InlineData(0, "D", "Training")]
    public void The_band_of_what_people_read_is_the_grade(decimal result, string grade, string proposes)
    {
        var band = AppraisalPolicies.GradeOf(result, Bands);
        (band.Grade, band.Proposes.ToString()).ShouldBe((grade, proposes));
    }

    [Theory]
    [InlineData("""[{"grade":"A","from":0,"proposes":"none"}]""", true)]
    [InlineData("""[{"grade":"A","from":60,"proposes":"reward"},{"grade":"B","from":0,"proposes":"training"}]""", true)]
    [InlineData("""[]""", false)]
    [InlineData("""[{"grade":"A","from":60,"proposes":"reward"}]""", false)]
    [InlineData("""[{"grade":"A","from":60,"proposes":"reward"},{"grade":"A","from":0,"proposes":"training"}]""", false)]
    [InlineData("""[{"grade":"A","from":0,"proposes":"reward"},{"grade":"B","from":60,"proposes":"training"}]""", false)]
    [InlineData("""[{"grade":"A","from":101,"proposes":"reward"},{"grade":"B","from":0,"proposes":"training"}]""", false)]
    public void Bands_go_down_to_zero_and_each_has_a_name_of_its_own(string json, bool accepted) => AppraisalPolicies.Grades.Accepts(json).ShouldBe(accepted);

    [Fact]
    public void A_period_begins_on_its_first_day_and_is_one_of_the_projects_zone()
    {
        February.In(Shanghai).ShouldBe(new Interval(InShanghai("2026-02-01T00:00:00"), Ended));
        new AppraisalPeriod(PeriodKind.Quarter, new LocalDate(2026, 4, 1)).In(Shanghai).End.ShouldBe(InShanghai("2026-07-01T00:00:00"));
        new AppraisalPeriod(PeriodKind.Year, new LocalDate(2026, 1, 1)).In(Shanghai).End.ShouldBe(InShanghai("2027-01-01T00:00:00"));
        February.IsOne.ShouldBeTrue();
        (February with { Start = new LocalDate(2026, 2, 2) }).IsOne.ShouldBeFalse();
        new AppraisalPeriod(PeriodKind.Quarter, new LocalDate(2026, 2, 1)).IsOne.ShouldBeFalse();
        new AppraisalPeriod(PeriodKind.Quarter, new LocalDate(2026, 10, 1)).IsOne.ShouldBeTrue();
        new AppraisalPeriod(PeriodKind.Year, new LocalDate(2026, 7, 1)).IsOne.ShouldBeFalse();
        new AppraisalPeriod(PeriodKind.Month, new LocalDate(2026, 12, 1)).IsOne.ShouldBeTrue();
    }

    [Fact]
    public void Nobody_appraises_themselves_and_nothing_before_its_period()
    {
        Refused.By("ORG-14", () => Begin(by: "demo.officer", now: Ended));
        Refused.By("ORG-14", () => Begin(by: "demo.manager", now: InShanghai("2026-02-01T00:00:00") - Microsecond));
        Begin(by: "demo.manager", now: InShanghai("2026-02-01T00:00:00")).State.ShouldBe(AppraisalState.Draft);
    }

    [Fact]
    public void It_is_submitted_by_its_appraiser_once_the_period_has_ended_and_all_points_are_given()
    {
        var appraisal = Begin("demo.manager", InShanghai("2026-02-10T00:00:00"));
        Refused.By("ORG-14", () => Submit(appraisal, Ended), "scores");
        Refused.By("ORG-14", () => appraisal.Score([new("attitude", 80)], "demo.head"));
        Should.Throw<Crm.Shared.Failures.Malformed>(() => appraisal.Score([new("on-time", 80)], "demo.manager")).Errors.Keys.ShouldBe(["scores"]);
        appraisal.Score([new("attitude", 80)], "demo.manager");
        Refused.By("ORG-14", () => Submit(appraisal, Ended - Microsecond));
        Refused.By("ORG-14", () => Submit(appraisal, Ended, by: "demo.head"));
        Submit(appraisal, Ended);
        (appraisal.State, appraisal.Total, appraisal.Grade, appraisal.Proposes).ShouldBe((AppraisalState.Submitted, 72m, "C", Proposal.None));
        Refused.By("ORG-14", () => Submit(appraisal, Ended), "acknowledgement", "confirmation", "return");
        Refused.By("ORG-14", () => appraisal.Score([new("attitude", 100)], "demo.manager"), "acknowledgement", "confirmation", "return");
    }

    [Fact]
    public void A_second_person_confirms_it_once_it_was_seen_or_could_have_been()
    {
        var (appraisal, seen) = (Submitted(), Submitted());
        Refused.By("ORG-14", () => appraisal.Confirm(Days(7), "demo.manager", Ended + Days(30)));
        Refused.By("ORG-14", () => appraisal.Confirm(Days(7), "demo.officer", Ended + Days(30)));
        Refused.By("ORG-14", () => appraisal.Confirm(Days(7), "demo.head", Ended + Days(7)), "return");
        appraisal.Confirm(Days(7), "demo.head", Ended + Days(7) + Microsecond);
        (appraisal.State, appraisal.ConfirmedBy).ShouldBe((AppraisalState.Confirmed, "demo.head"));

        seen.See("同意", Ended);
        Refused.By("ORG-14", () => seen.See("再说", Ended), "confirmation", "return");
        seen.Confirm(Days(7), "demo.head", Ended);
        Refused.By("ORG-14", () => seen.Confirm(Days(7), "demo.head", Ended));
        Refused.By("ORG-14", () => seen.Return("重评", "demo.head", Ended));
        seen.Steps.Select(s => s.Kind).ShouldBe([AppraisalStepKind.Begun, AppraisalStepKind.Submitted, AppraisalStepKind.Seen, AppraisalStepKind.Confirmed]);
    }

    [Fact]
    public void What_is_returned_is_a_draft_again_and_remembers_what_it_was_submitted_with()
    {
        var appraisal = Submitted();
        Refused.By("ORG-14", () => appraisal.Return("重评", "demo.manager", Ended));
        Refused.By("ORG-14", () => appraisal.Return("重评", "demo.officer", Ended));
        appraisal.See("不同意", Ended);
        appraisal.Return("重评", "demo.head", Ended);
        (appraisal.State, appraisal.Total, appraisal.Figures.Length, appraisal.Comment).ShouldBe((AppraisalState.Draft, null, 0, null));
        appraisal.Steps.Single(s => s.Kind == AppraisalStepKind.Submitted).ShouldSatisfyAllConditions(s => s.Total.ShouldBe(72m), s => s.Figures.ShouldHaveSingleItem().Count.ShouldBe(2));
        Refused.By("ORG-14", () => appraisal.Return("重评", "demo.head", Ended), "scores", "submission");
        appraisal.Score([new("attitude", 100)], "demo.manager");
        Submit(appraisal, Ended);
        appraisal.Total.ShouldBe(80m);
    }

    private static Appraisal Submitted()
    {
        var appraisal = Begin("demo.manager", Ended);
        appraisal.Score([new("attitude", 80)], "demo.manager");
        Submit(appraisal, Ended);
        return appraisal;
    }

    private static Appraisal Begin(string by, Instant now) => Appraisal.Begin(
        "demo.officer", Company.Demo, new AppraisalForm { Code = "officer", TitleEn = "Officer", TitleZh = "专员", Criteria = [ByHand, OnTime] }, February, by, now);

    private static void Submit(Appraisal appraisal, Instant now, string by = "demo.manager") => appraisal.Submit([new("on-time", FigureForm.Share, 2, 3)], Bands, Shanghai, by, now);
}
