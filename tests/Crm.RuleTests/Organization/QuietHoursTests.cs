using Crm.Organization.Notifications;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-11: quiet hours, by the clock on the person's wall.</summary>
[Trait("Rule", "ORG-11")]
public sealed class QuietHoursTests
{
    private static readonly QuietHours Night = QuietHours.Parse("22:00", "07:30")!.Value;

    [Fact]
    public void They_begin_with_their_first_minute_and_are_over_with_their_last()
    {
        Night.EndAfter(InShanghai("2026-03-02T22:00:00") - Microsecond, Shanghai).ShouldBeNull();
        Night.EndAfter(InShanghai("2026-03-02T22:00:00"), Shanghai).ShouldBe(InShanghai("2026-03-03T07:30:00"));
        Night.EndAfter(InShanghai("2026-03-03T07:30:00") - Microsecond, Shanghai).ShouldBe(InShanghai("2026-03-03T07:30:00"));
        Night.EndAfter(InShanghai("2026-03-03T07:30:00"), Shanghai).ShouldBeNull();
    }

    [Fact]
    public void Over_midnight_the_end_is_that_of_the_morning_after()
    {
        Night.EndAfter(InShanghai("2026-03-02T23:59:59"), Shanghai).ShouldBe(InShanghai("2026-03-03T07:30:00"));
        Night.EndAfter(InShanghai("2026-03-03T00:00:00"), Shanghai).ShouldBe(InShanghai("2026-03-03T07:30:00"));
    }

    [Fact]
    public void Within_a_day_they_lie_between_their_times()
    {
        var noon = QuietHours.Parse("12:00", "13:30")!.Value;
        noon.EndAfter(InShanghai("2026-03-02T12:00:00") - Microsecond, Shanghai).ShouldBeNull();
        noon.EndAfter(InShanghai("2026-03-02T12:00:00"), Shanghai).ShouldBe(InShanghai("2026-03-02T13:30:00"));
        noon.EndAfter(InShanghai("2026-03-02T13:30:00"), Shanghai).ShouldBeNull();
        noon.EndAfter(InShanghai("2026-03-02T23:00:00"), Shanghai).ShouldBeNull();
    }

    [Fact]
    public void The_wall_clock_counts_also_when_it_is_changed_in_the_night()
    {
        var berlin = DateTimeZoneProviders.Tzdb["Europe/Berlin"];
        // On 29 March 2026 the clocks there go from 02:00 to 03:00.
        Night.EndAfter(Utc("2026-03-28T21:00:00Z"), berlin).ShouldBe(Utc("2026-03-29T05:30:00Z"));
        QuietHours.Parse("01:00", "02:30")!.Value.EndAfter(Utc("2026-03-29T00:30:00Z"), berlin).ShouldBe(Utc("2026-03-29T01:30:00Z"));
    }

    [Theory]
    [InlineData("22:00", "22:00")]
    [InlineData("24:00", "07:00")]
    [InlineData("22", "07:00")]
    [InlineData("22:00", "")]
    public void What_is_no_pair_of_different_times_is_none(string from, string to) => QuietHours.Parse(from, to).ShouldBeNull();
}
