using Crm.Organization.Estate;
using Crm.Organization.Estate.Import;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>ORG-01: what a file of units does to the units there are.</summary>
[Trait("Rule", "ORG-01")]
public sealed class UnitsPlanTests
{
    private static readonly Building[] Buildings = [new() { Project = "demo", Code = "1", Name = "1栋" }, new() { Project = "demo", Code = "tower-a", Name = "A座" }];
    private static readonly UnitFacts Known = new("1", "101", 1, UnitKind.Shop, 65.8m, UnitTenure.Sold, UnitOccupancy.Leased);

    [Fact]
    public void A_building_is_named_by_its_code_or_its_name()
    {
        var plan = Of("building,number,kind\n1,1,shop\n1栋,2,shop\nTOWER-A,3,shop\nA座,4,shop\n");
        plan.Faults.ShouldBeEmpty();
        plan.Units.Select(u => u.Facts.Building).ShouldBe(["1", "1", "tower-a", "tower-a"]);
        Fault("building,number,kind\nB座,1,shop\n").ShouldBe((2, "building"));
    }

    [Fact]
    public void What_is_new_is_created_with_what_is_usual_where_the_line_says_nothing()
    {
        var unit = Of("building,number,kind\n1,102,shop\n").Units.ShouldHaveSingleItem();
        unit.Outcome.ShouldBe(LineOutcome.Created);
        unit.Facts.ShouldBe(new UnitFacts("1", "102", null, UnitKind.Shop, null, UnitTenure.Unsold, UnitOccupancy.Vacant));
        Fault("building,number\n1,102\n").ShouldBe((2, null), "nobody can guess what it was built as");
        Fault("building,number,kind\n1,102,\n").ShouldBe((2, "kind"));
    }

    [Fact]
    public void What_is_known_changes_where_the_line_says_otherwise_and_keeps_what_it_does_not_speak_of()
    {
        var unit = Of("building,number,floor,area,occupancy\n1,101,,66.00,vacant\n", new Unit("demo", Known)).Units.ShouldHaveSingleItem();
        unit.Outcome.ShouldBe(LineOutcome.Changed);
        unit.Facts.ShouldBe(Known with { Area = 66m, Occupancy = UnitOccupancy.Vacant });
        unit.Changes.ShouldBe([new UnitChange("area", "65.80", "66.00"), new UnitChange("occupancy", "leased", "vacant")]);
    }

    [Fact]
    public void A_line_that_says_what_is_known_changes_nothing()
    {
        var unit = Of("building,number,floor,kind,area,tenure,occupancy\n1栋,１０１,1,商铺,65.80,已售,出租\n", new Unit("demo", Known)).Units.ShouldHaveSingleItem();
        unit.Outcome.ShouldBe(LineOutcome.Unchanged);
        unit.Changes.ShouldBeEmpty();
    }

    [Fact]
    public void A_unit_stands_in_a_file_once_however_it_is_written()
    {
        Fault("building,number,kind\n1,5,shop\n1栋,５,shop\n").ShouldBe((3, "number"));
        Of("building,number,kind\n1,5,shop\nA座,5,shop\n").Faults.ShouldBeEmpty("another building has the same number");
    }

    [Fact]
    public void Faults_are_told_in_the_order_of_lines()
    {
        Of("building,number,kind\nB座,1,shop\n1,1,shed\n1,2,\n").Faults.Select(f => f.Line).ShouldBe([2, 3, 4]);
    }

    private static UnitsPlan Of(string text, params Unit[] known) => UnitsPlan.Of(UnitsFile.Read(text), Buildings, known);

    private static (int, string?) Fault(string text) => Of(text).Faults.ShouldHaveSingleItem() is var fault ? (fault.Line, fault.Column) : default;
}
