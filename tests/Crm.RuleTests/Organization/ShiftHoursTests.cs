using Crm.Organization.Duty;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-04: the hours of a shift as instants, in any zone and over the days on which the clock changes.</summary>
[Trait("Rule", "ORG-04")]
public sealed class ShiftHoursTests
{
    private static readonly DateTimeZone NewYork = DateTimeZoneProviders.Tzdb["America/New_York"];
    private static readonly DateTimeZone Beirut = DateTimeZoneProviders.Tzdb["Asia/Beirut"];
    private static readonly ShiftHours Day = Of(8, 0, 17, 0), Evening = Of(17, 0, 1, 0);

    [Fact]
    public void The_day_shift_of_shanghai_begins_at_eight_and_the_evening_ends_at_one_on_the_next_day()
    {
        Day.On(new(2026, 3, 2), Shanghai).ShouldBe(new Interval(InShanghai("2026-03-02T08:00:00"), InShanghai("2026-03-02T17:00:00")));
        Evening.On(new(2026, 3, 31), Shanghai).ShouldBe(new Interval(InShanghai("2026-03-31T17:00:00"), InShanghai("2026-04-01T01:00:00")));
        (Day.CrossesMidnight, Evening.CrossesMidnight, Of(17, 0, 0, 0).CrossesMidnight).ShouldBe((false, true, true));
    }

    [Fact]
    public void A_shift_holds_its_beginning_and_not_its_end()
    {
        var hours = Evening.On(new(2026, 3, 2), Shanghai);
        hours.Contains(hours.Start).ShouldBeTrue();
        hours.Contains(hours.Start - Microsecond).ShouldBeFalse();
        hours.Contains(hours.End - Microsecond).ShouldBeTrue();
        hours.Contains(hours.End).ShouldBeFalse();
    }

    [Theory]
    [InlineData(2026, 3, 7, 7)] // 02:00 becomes 03:00: an hour shorter
    [InlineData(2026, 10, 31, 9)] // 02:00 becomes 01:00: an hour longer
    [InlineData(2026, 3, 14, 8)]
    public void A_night_on_which_the_clock_changes_is_as_long_as_it_is(int year, int month, int day, int hours) =>
        Of(22, 0, 6, 0).On(new(year, month, day), NewYork).Duration.ShouldBe(Hours(hours));

    [Fact]
    public void A_time_that_the_clock_skips_is_the_instant_at_which_it_is_put_forward()
    {
        var put = Utc("2026-03-08T07:00:00Z");
        Of(2, 30, 10, 0).On(new(2026, 3, 8), NewYork).Start.ShouldBe(put);
        Of(22, 0, 2, 15).On(new(2026, 3, 7), NewYork).End.ShouldBe(put);
        // What would lie in the skipped hour as a whole is empty, never turned round.
        Of(2, 15, 2, 45).On(new(2026, 3, 8), NewYork).Duration.ShouldBe(Duration.Zero);
        Of(2, 45, 3, 15).On(new(2026, 3, 8), NewYork).Duration.ShouldBe(Minutes(15));
        // Where midnight itself is skipped, the day begins at one.
        Of(16, 0, 0, 0).On(new(2026, 3, 28), Beirut).End.ShouldBe(Utc("2026-03-28T22:00:00Z"));
    }

    [Fact]
    public void Of_a_time_that_comes_twice_it_is_the_first()
    {
        Of(1, 30, 9, 0).On(new(2026, 11, 1), NewYork).Start.ShouldBe(Utc("2026-11-01T05:30:00Z"));
        Of(17, 0, 1, 30).On(new(2026, 10, 31), NewYork).End.ShouldBe(Utc("2026-11-01T05:30:00Z"));
    }

    [Fact]
    public void Shifts_that_meet_on_the_wall_meet_on_every_day_of_every_zone_and_never_turn_round()
    {
        LocalTime[] edges = [new(0, 0), new(0, 30), new(1, 15), new(2, 0), new(2, 30), new(3, 0), new(8, 0), new(17, 0)];
        var looked = 0;
        foreach (var zone in new[] { "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "America/Santiago", "Africa/Casablanca", "Asia/Kathmandu" }.Select(z => DateTimeZoneProviders.Tzdb[z]))
        {
            for (var date = new LocalDate(2026, 1, 1); date.Year == 2026; date = date.PlusDays(1))
            {
                var day = edges.Zip(edges.Skip(1).Append(edges[0]), (begins, ends) => new ShiftHours(begins, ends).On(date, zone)).ToArray();
                day.Zip(day.Skip(1)).ShouldAllBe(pair => pair.First.End == pair.Second.Start);
                day[^1].End.ShouldBe(new ShiftHours(edges[0], edges[1]).On(date.PlusDays(1), zone).Start);
                looked++;
            }
        }

        looked.ShouldBe(7 * 365);
    }

    private static ShiftHours Of(int h, int m, int toH, int toM) => new(new LocalTime(h, m), new LocalTime(toH, toM));
}
