using Crm.Shared.Privacy;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>Phone numbers as people write them, in one normal form (E.164).</summary>
[Trait("Rule", "LEA-03")]
public sealed class PhoneTests
{
    [Theory]
    [InlineData("13800138000")]
    [InlineData("138 0013 8000")]
    [InlineData("138-0013-8000")]
    [InlineData("138.0013.8000")]
    [InlineData("(138)00138000")]
    [InlineData("（138）0013－8000")]
    [InlineData("１３８００１３８０００")]
    [InlineData("１３８　００１３　８０００")]
    [InlineData("138—0013—8000")]
    [InlineData("138–0013–8000")]
    [InlineData("+8613800138000")]
    [InlineData("＋８６１３８００１３８０００")]
    [InlineData("+86 138 0013 8000")]
    [InlineData("+86-138-0013-8000")]
    [InlineData("008613800138000")]
    [InlineData("0086 138 0013 8000")]
    [InlineData("8613800138000")]
    [InlineData("86 138 0013 8000")]
    [InlineData("013800138000")]
    [InlineData("  13800138000\t")]
    public void One_mobile_written_in_many_ways_is_one_number(string text) => Read(text).ShouldBe("+8613800138000");

    [Fact]
    public void Every_mobile_prefix_from_13_to_19_is_known() =>
        Prop.ForAll(Gen.Choose(3, 9).Zip(Gen.Choose(0, 999_999_999)).Select(n => $"1{n.Item1}{n.Item2:000000000}").ToArbitrary(), mobile =>
        {
            string[] written = [mobile, $"+86{mobile}", $"0086{mobile}", $"86{mobile}", $"{mobile[..3]} {mobile[3..7]} {mobile[7..]}"];
            written.Select(Read).ShouldAllBe(number => number == "+86" + mobile);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("010-12345678", null)] // no subscriber number begins with 1
    [InlineData("010-62345678", "+861062345678")]
    [InlineData("(010)62345678", "+861062345678")]
    [InlineData("020-85551234", "+862085551234")]
    [InlineData("021 6234 5678", "+862162345678")]
    [InlineData("０２８－８５５５１２３４", "+862885551234")]
    [InlineData("0755-26781234", "+8675526781234")]
    [InlineData("0755-2678123", "+867552678123")]
    [InlineData("0571 8765 4321", "+8657187654321")]
    [InlineData("+86 20 8555 1234", "+862085551234")]
    [InlineData("+86 (0)20 8555 1234", "+862085551234")]
    [InlineData("0086-755-26781234", "+8675526781234")]
    public void A_landline_is_read_with_its_area_code(string text, string? number) => Read(text).ShouldBe(number);

    [Theory]
    [InlineData("400-820-8820", "+864008208820")]
    [InlineData("4008208820", "+864008208820")]
    [InlineData("800-810-8888", "+868008108888")]
    [InlineData("+86 400 820 8820", "+864008208820")]
    public void Service_numbers_are_read(string text, string number) => Read(text).ShouldBe(number);

    [Theory]
    [InlineData("+1 415 555 2671", "+14155552671")]
    [InlineData("001 415 555 2671", "+14155552671")]
    [InlineData("+852 2345 6789", "+85223456789")]
    [InlineData("+44 20 7946 0958", "+442079460958")]
    [InlineData("００８５２２３４５６７８９", "+85223456789")]
    public void Numbers_of_other_countries_are_read_with_plus_or_00(string text, string number) => Read(text).ShouldBe(number);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("+")]
    [InlineData("00")]
    [InlineData("+86")]
    [InlineData("85551234")] // a landline without its area code
    [InlineData("2085551234")] // nor is the trunk zero guessed
    [InlineData("1380013800")] // one digit short
    [InlineData("138001380000")] // one too many
    [InlineData("12800138000")] // no such mobile
    [InlineData("11800138000")]
    [InlineData("+8612800138000")]
    [InlineData("020-8555123")]
    [InlineData("020-855512345")]
    [InlineData("0755-267812")]
    [InlineData("0755-267812345")]
    [InlineData("+0138001380")]
    [InlineData("+123456")]
    [InlineData("+1234567890123456")]
    [InlineData("13800138000转8012")]
    [InlineData("13800138000x1")]
    [InlineData("1380013800O")]
    [InlineData("138+00138000")]
    [InlineData("++8613800138000")]
    [InlineData("١٣٨٠٠١٣٨٠٠٠")] // digits, but no Chinese keyboard's
    [InlineData("李女士")]
    [InlineData("13800138000\0")]
    [InlineData("138_0013_8000")]
    public void What_cannot_be_dialled_is_refused(string text) => Read(text).ShouldBeNull();

    [Theory]
    [InlineData("13800138000", "+86138****8000")]
    [InlineData("020-85551234", "+8620****1234")]
    [InlineData("+14155552671", "+141****2671")]
    public void Masked_it_can_be_recognised_but_not_dialled(string text, string masked)
    {
        Phone.TryParse(text, out var phone).ShouldBeTrue();
        phone.Masked.ShouldBe(masked);
        phone.ToString().ShouldBe(masked);
        $"{phone}".ShouldBe(masked);
    }

    [Fact]
    public void No_text_makes_it_fail_and_what_it_reads_is_E164_that_reads_as_itself() => Prop.ForAll<string>(text =>
    {
        if (text is null || Read(text) is not { } number) return;
        number.ShouldMatch(@"^\+[1-9]\d{6,14}$");
        Read(number).ShouldBe(number);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_text_that_is_not_Unicode_is_refused() => Read("138\ud8000013800").ShouldBeNull();

    [Fact]
    public void Any_digits_and_marks_read_as_a_number_that_reads_as_itself() =>
        Prop.ForAll(Gen.Elements("+-0123456789 (".ToCharArray()).ListOf(14).Select(c => new string([.. c])).ToArbitrary(), text =>
        {
            if (Read(text) is not { } number) return;
            number.ShouldMatch(@"^\+[1-9]\d{6,14}$");
            Read(number).ShouldBe(number);
        }).QuickCheckThrowOnFailure();

    private static string? Read(string text) => Phone.TryParse(text, out var phone) ? phone.E164 : null;
}
