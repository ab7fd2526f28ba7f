using Crm.Organization.Customers;
using Shouldly;

namespace Crm.RuleTests.Organization;

/// <summary>ORG-16: grades are a function of facts and of the rules of the projects that know somebody.</summary>
[Trait("Rule", "ORG-16")]
public sealed class GradingTests
{
    private static readonly GradeRules Rules = new([new("homes.owned", 2), new("complaints.made", 10)], [new("homes.owned", 1), new("complaints.made", 3)]);

    [Theory]
    [InlineData(0, 0, "C")]
    [InlineData(1, 0, "B")]
    [InlineData(2, 0, "A")]
    [InlineData(3, 0, "A")]
    [InlineData(0, 2, "C")]
    [InlineData(0, 3, "B")]
    [InlineData(0, 9, "B")]
    [InlineData(0, 10, "A")]
    [InlineData(1, 10, "A")]
    public void Each_condition_is_met_from_its_number_on_and_one_that_is_met_suffices(int owned, int made, string grade) =>
        Grading.Of(new Dictionary<string, int> { ["homes.owned"] = owned, ["complaints.made"] = made }, [Rules]).ToString().ShouldBe(grade);

    [Fact]
    public void What_never_happened_counts_as_never() => Grading.Of(new Dictionary<string, int>(), [Rules]).ShouldBe(CustomerGrade.C);

    [Fact]
    public void Of_several_projects_the_best_grade_counts_and_of_none_it_is_C()
    {
        var facts = new Dictionary<string, int> { ["homes.owned"] = 1 };
        var generous = new GradeRules([new("homes.owned", 1)], []);
        Grading.Of(facts, [Rules, generous]).ShouldBe(CustomerGrade.A);
        Grading.Of(facts, [generous, Rules]).ShouldBe(CustomerGrade.A);
        Grading.Of(facts, [new GradeRules([], []), Rules]).ShouldBe(CustomerGrade.B);
        Grading.Of(facts, []).ShouldBe(CustomerGrade.C);
    }

    [Theory]
    [InlineData("""{"a":[{"fact":"homes.owned","atLeast":2}],"b":[]}""", true)]
    [InlineData("""{"a":[],"b":[{"fact":"complaints.made","atLeast":1}]}""", true)]
    [InlineData("""{"a":[{"fact":"homes.owned","atLeast":0}],"b":[]}""", false)]
    [InlineData("""{"a":[{"fact":"homes.painted","atLeast":1}],"b":[]}""", false)]
    [InlineData("""{"a":[null],"b":[]}""", false)]
    [InlineData("""{"a":[]}""", false)]
    [InlineData("""{"a":null,"b":[]}""", false)]
    public void The_policy_takes_facts_that_modules_report_and_numbers_from_one(string json, bool accepted) =>
        new CustomerPolicies([new("complaints.made")]).Grades.Accepts(json).ShouldBe(accepted);
}
