using Crm.Shared.Privacy;
using Shouldly;

namespace Crm.RuleTests.Shared;

/// <summary>ORG-12: identity numbers (GB 11643) as people write them.</summary>
[Trait("Rule", "ORG-12")]
public sealed class NationalIdTests
{
    // The standard's own examples, and one whose check character is a digit.
    [Theory]
    [InlineData("11010519491231002X")]
    [InlineData("440524188001010014")]
    [InlineData("11010519491231002x")]
    [InlineData("１１０１０５１９４９１２３１００２Ｘ")]
    [InlineData("１１０１０５１９４９１２３１００２ｘ")]
    [InlineData(" 110105 19491231 002X ")]
    public void A_number_is_read_as_people_write_it(string written)
    {
        NationalId.TryParse(written, out var id).ShouldBeTrue(written);
        id.Number.ShouldBeOneOf("11010519491231002X", "440524188001010014");
    }

    [Theory]
    [InlineData("110105194912310020")]
    [InlineData("110105194912310021")]
    [InlineData("120105194912310 02X")]
    [InlineData("440524188001010015")]
    [InlineData("X1010519491231002X")]
    [InlineData("1101051949123100XX")]
    [InlineData("010105194912310025")]
    [InlineData("11010519491231002")]
    [InlineData("11010519491231002X1")]
    [InlineData("110105491231002")]
    [InlineData("110105********002X")]
    [InlineData("11010519491231-002X")]
    [InlineData("")]
    public void What_is_none_is_refused(string written) => NationalId.TryParse(written, out _).ShouldBeFalse(written);

    [Fact]
    public void Each_of_the_other_ten_check_characters_is_refused()
    {
        foreach (var check in "0123456789") NationalId.TryParse($"11010519491231002{check}", out _).ShouldBeFalse($"{check}");
        foreach (var check in "012356789X") NationalId.TryParse($"44052418800101001{check}", out _).ShouldBeFalse($"{check}");
    }

    [Theory]
    [InlineData("20000229", true)]
    [InlineData("20040229", true)]
    [InlineData("19000229", false)]
    [InlineData("20010229", false)]
    [InlineData("20010228", true)]
    [InlineData("19991231", true)]
    [InlineData("19991232", false)]
    [InlineData("19990431", false)]
    [InlineData("19990430", true)]
    [InlineData("19991301", false)]
    [InlineData("19990001", false)]
    [InlineData("19990100", false)]
    [InlineData("18000101", true)]
    [InlineData("17991231", false)]
    public void The_day_of_birth_is_one_that_exists(string day, bool exists) => NationalId.TryParse(WithCheck($"110105{day}002"), out _).ShouldBe(exists, day);

    [Fact]
    public void It_is_shown_without_the_day_of_birth()
    {
        NationalId.TryParse("11010519491231002X", out var id).ShouldBeTrue();
        id.Masked.ShouldBe("110105********002X");
        id.ToString().ShouldBe(id.Masked);
    }

    /// <summary>By the definition: the sum of the digits times powers of two comes to one, modulo eleven.</summary>
    private static string WithCheck(string seventeen)
    {
        var sum = seventeen.Select((digit, i) => (digit - '0') * ((1 << (17 - i)) % 11)).Sum();
        var check = (12 - sum % 11) % 11;
        return seventeen + (check == 10 ? "X" : $"{check}");
    }
}
