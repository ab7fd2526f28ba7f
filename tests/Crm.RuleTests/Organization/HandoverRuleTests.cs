using Crm.Organization.Duty;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-05: notes between shifts, and weeks.</summary>
[Trait("Rule", "ORG-05")]
public sealed class HandoverRuleTests
{
    private static readonly Interval Day = On("2026-03-02T08:00:00", "2026-03-02T17:00:00"), Regular = On("2026-03-02T09:00:00", "2026-03-02T18:00:00"),
        Evening = On("2026-03-02T17:00:00", "2026-03-03T01:00:00"), NextDay = On("2026-03-03T08:00:00", "2026-03-03T17:00:00"), NextRegular = On("2026-03-03T09:00:00", "2026-03-03T18:00:00");

    [Fact]
    public void The_evening_takes_over_from_day_and_regular_and_the_next_day_from_the_evening()
    {
        (Following(Day), Following(Regular), Following(Evening), Following(NextRegular)).ShouldBe((Evening, Evening, NextDay, null));
        HandoverRule.Following(Day, [], (Box b) => b.Hours).ShouldBeNull();
    }

    [Fact]
    public void What_begins_at_the_middle_takes_over_and_what_begins_before_it_runs_beside()
    {
        var middle = Day.Start + Day.Duration / 2;
        HandoverRule.Following(Day, [new Box(new(middle, Day.End + Microsecond))], b => b.Hours).ShouldNotBeNull();
        HandoverRule.Following(Day, [new Box(new(middle - Microsecond, Day.End + Microsecond))], b => b.Hours).ShouldBeNull();
        HandoverRule.Following(Day, [new Box(new(middle, Day.End))], b => b.Hours).ShouldBeNull("it does not last longer");
    }

    [Fact]
    public void Silence_is_told_some_time_after_the_next_shift_began_or_the_note_came()
    {
        HandoverRule.AlertAt(Day, Evening, Day.End - Hours(1), Minutes(30)).ShouldBe(Evening.Start + Minutes(30));
        HandoverRule.AlertAt(Day, Evening, Evening.Start, Minutes(30)).ShouldBe(Evening.Start + Minutes(30));
        HandoverRule.AlertAt(Day, Evening, Evening.Start + Microsecond, Minutes(30)).ShouldBe(Evening.Start + Microsecond + Minutes(30));
        HandoverRule.AlertAt(Day, null, Day.Start, Minutes(30)).ShouldBe(Day.End + Minutes(30));
    }

    [Fact]
    public void A_note_is_confirmed_once_by_somebody_else_and_then_nobody_is_told()
    {
        Refused.By("ORG-05", () => Note().Confirm("demo.officer", Evening.Start));
        var note = Note();
        note.Confirm("demo.desk", Evening.Start);
        (note.ConfirmedBy, note.ConfirmedAt, note.AlertAt).ShouldBe(("demo.desk", Evening.Start, null));
        Refused.By("ORG-05", () => note.Confirm("demo.manager", Evening.Start));
        var silent = Note();
        silent.Alert(Evening.Start);
        (silent.AlertAt, silent.Raised.Count).ShouldBe((null, 1));
        silent.Confirm("demo.desk", Evening.Start);
    }

    [Theory]
    [InlineData("2026-01-01", "2026-W01")]
    [InlineData("2026-12-31", "2026-W53")]
    [InlineData("2027-01-03", "2026-W53")]
    [InlineData("2027-01-04", "2027-W01")]
    [InlineData("2024-12-30", "2025-W01")]
    public void A_day_lies_in_the_week_of_its_thursday(string date, string week) =>
        IsoWeek.Of(NodaTime.Text.LocalDatePattern.Iso.Parse(date).GetValueOrThrow()).ToString().ShouldBe(week);

    [Fact]
    public void A_week_is_from_monday_to_monday_in_its_zone_and_as_long_as_it_is()
    {
        var week = IsoWeek.Read("2026-W10")!.In(Shanghai);
        (week.Start, week.End).ShouldBe((InShanghai("2026-03-02T00:00:00"), InShanghai("2026-03-09T00:00:00")));
        week.Contains(week.Start - Microsecond).ShouldBeFalse();
        week.Contains(week.End - Microsecond).ShouldBeTrue();
        week.Contains(week.End).ShouldBeFalse();
        IsoWeek.Read("2026-W10")!.In(DateTimeZoneProviders.Tzdb["America/New_York"]).Duration.ShouldBe(Days(7) - Hours(1));
    }

    [Theory]
    [InlineData("2026-W53", true)]
    [InlineData("2025-W53", false)]
    [InlineData("2026-W00", false)]
    [InlineData("2026-W54", false)]
    [InlineData("2026-10", false)]
    [InlineData("2026-W1", false)]
    [InlineData("1999-W10", false)]
    [InlineData("2026-W10 ", false)]
    public void A_year_has_the_weeks_it_has(string text, bool isOne) => (IsoWeek.Read(text) is not null).ShouldBe(isOne);

    private static Interval? Following(Interval shift) => HandoverRule.Following(shift, new[] { Day, Regular, Evening, NextDay, NextRegular }.Select(s => new Box(s)), b => b.Hours)?.Hours;

    private static Interval On(string from, string until) => new(InShanghai(from), InShanghai(until));

    private static ShiftHandover Note() => new() { Project = "demo", Slot = Guid.NewGuid(), Shift = "day", Date = new(2026, 3, 2), WrittenBy = "demo.officer", WrittenAt = Day.End };

    private sealed record Box(Interval Hours);
}
