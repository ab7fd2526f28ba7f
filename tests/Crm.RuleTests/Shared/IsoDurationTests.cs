using Crm.Shared.Time;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>Durations as the API reads and writes them.</summary>
[Trait("Rule", "ORG-08")]
public sealed class IsoDurationTests
{
    [Theory]
    [InlineData("PT15M", 15 * 60)]
    [InlineData("PT24H", 86_400)]
    [InlineData("P1D", 86_400)]
    [InlineData("P10D", 864_000)]
    [InlineData("P2W", 1_209_600)]
    [InlineData("P1DT1H1M1S", 90_061)]
    [InlineData("PT0S", 0)]
    public void Days_or_less_are_read_a_day_being_24_hours(string text, int seconds)
    {
        IsoDuration.TryParse(text, out var duration).ShouldBeTrue();
        duration.ShouldBe(Duration.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("P1M")] // no fixed length
    [InlineData("P1Y")]
    [InlineData("P1Y1D")]
    [InlineData("P73001D")] // over 200 years
    [InlineData("PT1752025H")]
    [InlineData("PT9223372036854775807H")]
    [InlineData("PT9223372036854775807S")]
    [InlineData("PT99999999999999999999S")]
    [InlineData("P9999999999D")]
    [InlineData("P2147483647W")]
    [InlineData("P2147483647D")]
    [InlineData("-P1D")]
    [InlineData("24h")]
    [InlineData("PT")]
    [InlineData("P")]
    [InlineData("")]
    [InlineData("PT١S")]
    [InlineData(" PT1S")]
    public void Anything_else_is_refused_without_an_error(string text) => IsoDuration.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(0, "PT0S")]
    [InlineData(600, "PT10M")]
    [InlineData(86_400, "PT24H")]
    [InlineData(864_000, "PT240H")]
    [InlineData(90_061, "PT25H1M1S")]
    public void It_is_written_in_hours_and_less(int seconds, string text) => IsoDuration.Format(Duration.FromSeconds(seconds)).ShouldBe(text);

    [Fact]
    public void A_microsecond_survives_being_written() => IsoDuration.Format(Microseconds.One).ShouldBe("PT0.000001S");

    [Fact]
    public void Whatever_is_written_reads_back_to_the_microsecond() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).Two().Select(n => (long)n.Item1 * 2_900 * 1_000 + n.Item2 % 1_000_000).ToArbitrary(), microseconds =>
        {
            var duration = Duration.FromTicks(microseconds * 10);
            return IsoDuration.TryParse(IsoDuration.Format(duration), out var read) && read == duration;
        }).QuickCheckThrowOnFailure();
}
