using Crm.Organization.Estate;
using NodaTime;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>ORG-01: when stations are open, and that they are closed but never gone.</summary>
[Trait("Rule", "ORG-01")]
public sealed class StationTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("Monday 09:00 12:00, Monday 14:00 18:00", true)]
    [InlineData("Monday 14:00 18:00, Monday 09:00 12:00", true)] // in any order
    [InlineData("Monday 09:00 12:00, Monday 12:00 18:00", true)] // one ends as the other begins
    [InlineData("Monday 09:00 12:00, Monday 11:59 18:00", false)]
    [InlineData("Monday 09:00 12:00, Tuesday 09:00 12:00", true)]
    [InlineData("Monday 09:00 09:00", false)]
    [InlineData("Monday 22:00 02:00", false)]
    [InlineData("Monday 09:00 18:00, Monday 10:00 11:00", false)]
    public void Hours_end_after_they_begin_and_do_not_overlap(string hours, bool areSensible) => OpeningHours.AreSensible(Read(hours)).ShouldBe(areSensible);

    [Fact]
    public void A_list_of_hours_ends_somewhere_and_holds_no_nothing()
    {
        var day = new OpeningHours(Weekday.Monday, new LocalTime(0, 0), new LocalTime(0, 10));
        OpeningHours[] Of(int count) => [.. Enumerable.Range(0, count).Select(i => day with { Opens = day.Opens.PlusMinutes(10 * i), Closes = day.Closes.PlusMinutes(10 * i) })];
        OpeningHours.AreSensible(Of(28)).ShouldBeTrue();
        OpeningHours.AreSensible(Of(29)).ShouldBeFalse();
        OpeningHours.AreSensible([null]).ShouldBeFalse();
    }

    [Fact]
    public void A_station_is_closed_once_and_not_changed_until_it_is_open_again()
    {
        var station = new Station { Code = "east", Project = "demo", Kind = StationKind.ServiceStation, Name = "东", Address = "1栋", Hours = [], InCharge = "chen" };
        Refused.By("ORG-01", station.Reopen, "closure");
        station.Close("合并", Instant.FromUtc(2026, 3, 2, 2, 0));
        (station.ClosedAt, station.ClosingReason, station.Version).ShouldBe((Instant.FromUtc(2026, 3, 2, 2, 0), "合并", 2));
        Refused.By("ORG-01", station.EnsureOpen, "reopening");
        Refused.By("ORG-01", () => station.Close("again", Instant.FromUtc(2026, 3, 3, 2, 0)), "reopening");
        station.Reopen();
        (station.ClosedAt, station.ClosingReason, station.Version).ShouldBe((null, null, 3));
    }

    private static OpeningHours[] Read(string text) => [.. text.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(stretch => stretch.Split(' '))
        .Select(parts => new OpeningHours(Enum.Parse<Weekday>(parts[0]), Time(parts[1]), Time(parts[2])))];

    private static LocalTime Time(string text) => new(int.Parse(text[..2], System.Globalization.CultureInfo.InvariantCulture), int.Parse(text[3..], System.Globalization.CultureInfo.InvariantCulture));
}
