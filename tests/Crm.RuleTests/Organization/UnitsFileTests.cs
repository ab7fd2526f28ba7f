using System.Text;
using Crm.Organization.Estate;
using Crm.Organization.Estate.Import;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>ORG-01: how a file of units is read.</summary>
[Trait("Rule", "ORG-01")]
public sealed class UnitsFileTests
{
    private const string Chinese = "楼栋,房号,楼层,类型,建筑面积(㎡),销售状态,使用状态\n1栋,1203,12层,住宅,89.5,已售,自用\n";

    [Theory]
    [InlineData(Chinese)]
    [InlineData("building,number,floor,kind,area,tenure,occupancy\n1栋,1203,12,apartment,89.50,sold,ownerOccupied\n")]
    [InlineData("Occupancy , TENURE,Area,Kind,Floor,Number,Building\r\nowneroccupied,Sold,89.50,Apartment,+12,1203,1栋")]
    [InlineData("楼号,房间号,层,用途,面积（平方米）,销售状态,入住状态\n\"1栋\",\"１２０３\",\" 12\",公寓,８９.５０,已售,自住\n,,,,,,\n\n")]
    public void Headings_and_words_are_understood_in_both_languages(string text)
    {
        var file = UnitsFile.Read(text);
        file.Faults.ShouldBeEmpty();
        file.Rows.ShouldBe([new UnitsRow(2, "1栋", "1203", 12, UnitKind.Apartment, 89.5m, UnitTenure.Sold, UnitOccupancy.OwnerOccupied)]);
    }

    [Fact]
    public void An_empty_cell_says_nothing_and_so_does_a_column_that_is_not_there()
    {
        UnitsFile.Read("楼栋,房号,楼层\n1栋,1203,\n").Rows.ShouldBe([new UnitsRow(2, "1栋", "1203", null, null, null, null, null)]);
    }

    [Fact]
    public void Commas_quotes_and_lines_inside_quotes_are_part_of_the_cell_and_lines_are_counted_as_the_file_has_them()
    {
        var file = UnitsFile.Read("building,number,kind\r\n\"A \"\"north\"\", east\",1,shop\r\n\r\nA,\"2\r\n3\",shop\r\nA,4,shed\r\n");
        file.Rows.ShouldHaveSingleItem().Building.ShouldBe("A \"north\", east");
        file.Faults.Select(f => (f.Line, f.Column)).ShouldBe([(4, "number"), (6, "kind")], "a number is one line; the line after it is counted on");
    }

    [Theory]
    [InlineData("A,1\"2,shop", null)]
    [InlineData("A,\"12\"x,shop", null)]
    [InlineData("A,\"12,shop", null)]
    [InlineData("A,12", null)]
    [InlineData("A,12,shop,x", null)]
    [InlineData(",12,shop", "building")]
    [InlineData("A,,shop", "number")]
    [InlineData("A,12,shed", "kind")]
    [InlineData("A,12,\"shop,office\"", "kind")]
    [InlineData("A,123456789012345678901234567890123456789012345678901,shop", "number")]
    public void A_faulty_line_is_told_with_its_column_and_what_would_be_right(string line, string? column)
    {
        var file = UnitsFile.Read($"building,number,kind\nA,11,shop\n{line}\n");
        var fault = file.Faults.ShouldHaveSingleItem();
        (fault.Line, fault.Column).ShouldBe((3, column));
        fault.Text.En.ShouldNotBeNullOrWhiteSpace();
        fault.Text.Zh.ShouldNotBeNullOrWhiteSpace();
        file.Rows.ShouldHaveSingleItem().Number.ShouldBe("11");
    }

    [Theory]
    [InlineData("floor", "-9", true)]
    [InlineData("floor", "-10", false)]
    [InlineData("floor", "200", true)]
    [InlineData("floor", "201", false)]
    [InlineData("floor", "0", false)]
    [InlineData("floor", "1.0", false)]
    [InlineData("floor", "B1", false)]
    [InlineData("area", "0.01", true)]
    [InlineData("area", "0", false)]
    [InlineData("area", "-1", false)]
    [InlineData("area", "89.555", false)]
    [InlineData("area", "89.550", true)]
    [InlineData("area", "1000000", true)]
    [InlineData("area", "1000000.01", false)]
    [InlineData("area", "\"1,200\"", false)]
    [InlineData("area", "1e2", false)]
    [InlineData("tenure", "未售", true)]
    [InlineData("tenure", "空置", false)]
    [InlineData("occupancy", "空置", true)]
    [InlineData("occupancy", "0", false)]
    public void A_value_is_in_its_bounds_or_its_line_is_faulty(string column, string value, bool isRight)
    {
        var file = UnitsFile.Read($"building,number,{column}\nA,1,{value}\n");
        (file.Rows.Count, file.Faults.Count).ShouldBe(isRight ? (1, 0) : (0, 1));
        if (!isRight) file.Faults[0].Column.ShouldBe(column);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("building,number\n")]
    [InlineData("building,number\n,\n")]
    public void A_file_of_no_unit_is_refused(string text) => Should.Throw<Malformed>(() => UnitsFile.Read(text));

    [Theory]
    [InlineData("building,kind\nA,shop\n", "number")]
    [InlineData("building,number,colour\nA,1,red\n", "colour")]
    [InlineData("building,number,房号\nA,1,1\n", "房号")]
    [InlineData("building,number,\nA,1,\n", "column 3")]
    [InlineData("building,number,楼层；层\nA,1,2\n", "楼层；层")]
    public void Headings_that_are_missing_unknown_or_given_twice_are_named(string text, string named) =>
        Should.Throw<Malformed>(() => UnitsFile.Read(text)).Errors.Keys.ShouldBe([named]);

    [Fact]
    public void So_many_lines_are_taken_and_not_one_more()
    {
        string Of(int lines) => "building,number\n" + string.Concat(Enumerable.Range(1, lines).Select(i => $"A,{i}\n"));
        UnitsFile.Read(Of(UnitsFile.MostLines)).Rows.Count.ShouldBe(UnitsFile.MostLines);
        Should.Throw<TooLarge>(() => UnitsFile.Read(Of(UnitsFile.MostLines + 1))).Text.En.ShouldContain("30000");
    }

    [Fact]
    public void Utf8_with_and_without_a_mark_and_gb18030_are_told_apart()
    {
        var gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
        CsvFile.Decode(Encoding.UTF8.GetBytes(Chinese)).ShouldBe(Chinese);
        CsvFile.Decode([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Chinese)]).ShouldBe(Chinese);
        CsvFile.Decode(gb.GetBytes(Chinese)).ShouldBe(Chinese);
        CsvFile.Decode(gb.GetBytes(Chinese), "gbk").ShouldBe(Chinese);
        CsvFile.Decode(gb.GetBytes(Chinese), "utf-8").ShouldBeNull("the sender says that it is what it is not");
        CsvFile.Decode(Encoding.UTF8.GetBytes(Chinese), "latin1").ShouldBeNull();
        CsvFile.Decode([0xFF, 0xFF, 0xFF]).ShouldBeNull();
        CsvFile.Decode(Encoding.Unicode.GetBytes("building,number\nA,1\n")).ShouldBeNull("UTF-16 is full of U+0000");
    }
}
