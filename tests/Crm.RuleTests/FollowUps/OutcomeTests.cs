using Crm.FollowUps;
using Crm.FollowUps.Contracts;
using Crm.FollowUps.Features;
using Shouldly;
using static Crm.RuleTests.Calendar;
using static Crm.RuleTests.Visiting;

namespace Crm.RuleTests;

/// <summary>FUP-05, FUP-06, FUP-10: what an outcome must hold, and what follows from it.</summary>
public sealed class OutcomeTests
{
    private static readonly RecordOutcomeBody Call = new(VisitChannel.Phone, Reached: true, Satisfaction: 4);

    [Fact]
    [Trait("Rule", "FUP-05")]
    public void A_visit_in_person_needs_the_customers_signature_a_call_needs_none()
    {
        Errors(Call).ShouldBeEmpty();
        Errors(Call with { Channel = VisitChannel.Wechat }).ShouldBeEmpty();
        Errors(Call with { Channel = VisitChannel.InPerson }).ShouldBe(["Signature"]);
        Errors(Call with { Channel = VisitChannel.InPerson, Signature = "签收单 031" }).ShouldBeEmpty();
        Errors(Call with { Channel = VisitChannel.InPerson, Signature = " " }).ShouldBe(["Signature"]);
        Errors(new(VisitChannel.InPerson, Reached: false)).ShouldBeEmpty();
    }

    [Theory]
    [Trait("Rule", "FUP-06")]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void Every_score_is_1_to_5(int score, bool taken)
    {
        Errors(Call with { Satisfaction = score }).ShouldBe(taken ? [] : ["Satisfaction"]);
        Errors(Call with { ServiceQuality = score }).ShouldBe(taken ? [] : ["ServiceQuality"]);
        Errors(Call with { Attitude = score }).ShouldBe(taken ? [] : ["Attitude"]);
    }

    [Fact]
    [Trait("Rule", "FUP-06")]
    public void Reached_needs_a_satisfaction_and_not_reached_has_none()
    {
        Errors(Call with { Satisfaction = null }).ShouldBe(["Satisfaction"]);
        Errors(new(VisitChannel.Phone, Reached: false, NotReached: NotReached.Busy)).ShouldBeEmpty();
        Errors(new(VisitChannel.Phone, Reached: false, Satisfaction: 3)).ShouldBe(["Satisfaction"]);
        Errors(Call with { NotReached = NotReached.Busy }).ShouldBe(["NotReached"]);
    }

    [Fact]
    [Trait("Rule", "FUP-06")]
    public void An_outcome_is_recorded_once_with_who_and_when()
    {
        var v = Planned().Reached(Settled + Hours(1), satisfaction: 4);
        v.FollowUp.ShouldSatisfyAllConditions(f => f.State.ShouldBe(FollowUpState.Completed), f => f.Satisfaction.ShouldBe(4), f => f.EndedAt.ShouldBe(Settled + Hours(1)), f => f.AttemptCount.ShouldBe(1));
        v.FollowUp.Visits.ShouldHaveSingleItem().ShouldSatisfyAllConditions(x => x.By.ShouldBe("demo.officer"), x => x.At.ShouldBe(Settled + Hours(1)), x => x.Counted.ShouldBeTrue());
        v.Raised<FollowUpCompleted>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Reached.ShouldBeTrue(), e => e.Satisfaction.ShouldBe(4), e => e.Visitor.ShouldBe("demo.officer"));
        Refused.By("FUP-06", () => v.Reached(Settled + Hours(2)));
        v.FollowUp.Visits.Count.ShouldBe(1);
    }

    [Theory]
    [Trait("Rule", "FUP-10")]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(5, false)]
    public void Two_of_five_or_less_is_not_satisfied(int satisfaction, bool back) =>
        Planned().Reached(Settled + Hours(1), satisfaction).Raised<FollowUpDissatisfied>().Count.ShouldBe(back ? 1 : 0);

    [Fact]
    [Trait("Rule", "FUP-10")]
    public void Work_found_not_in_order_goes_back_whatever_the_satisfaction()
    {
        Planned().Reached(Settled + Hours(1), 5, qualified: false).Raised<FollowUpDissatisfied>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Satisfaction.ShouldBe(5), e => e.Qualified.ShouldBeFalse());
        Planned().Reached(Settled + Hours(1), 5, qualified: true).Raised<FollowUpDissatisfied>().ShouldBeEmpty();
        Planned().Reached(Settled + Hours(1), 1, qualified: false).Raised<FollowUpDissatisfied>().Count.ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "FUP-10")]
    public void The_score_that_counts_as_not_satisfied_is_the_projects() =>
        Planned(own: Company.Own(Company.Demo, "followups.dissatisfied-at", "3")).Reached(Settled + Hours(1), 3).Raised<FollowUpDissatisfied>().Count.ShouldBe(1);

    [Fact]
    [Trait("Rule", "FUP-10")]
    public void Completion_is_told_before_dissatisfaction_so_that_the_history_reads_in_order()
    {
        var v = Planned().Reached(Settled + Hours(1), 1);
        v.FollowUp.Raised.TakeLast(2).Select(e => e.GetType()).ShouldBe([typeof(FollowUpCompleted), typeof(FollowUpDissatisfied)]);
    }

    private static string[] Errors(RecordOutcomeBody body) => [.. new RecordOutcomeValidator().Validate(body).Errors.Select(e => e.PropertyName).Distinct()];
}
