using Crm.Organization.Calendar;
using Crm.Organization.Contracts;
using Crm.Organization.Duty;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-04: a month's roster from a pattern.</summary>
[Trait("Rule", "ORG-04")]
public sealed class RosterPatternTests
{
    private static readonly WorkingCalendar National = new(PublishedYears.All, []);
    private static readonly WorkingHours Regular = new(new LocalTime(9, 0), new LocalTime(18, 0));
    private static readonly Dictionary<string, ShiftHours> Hours = new()
    {
        ["day"] = new(new(8, 0), new(17, 0)), ["evening"] = new(new(17, 0), new(1, 0)), ["regular"] = new(new(9, 0), new(18, 0)),
    };

    [Fact]
    public void Three_people_go_from_day_to_evening_to_a_day_off()
    {
        var result = Fill(new(2026, 6, 1), ["a", "b", "c"], ["day", "evening"], needed: 1);
        result.Unfilled.ShouldBeEmpty();
        result.Given.Count.ShouldBe(60);
        foreach (var mine in result.Given.GroupBy(g => g.Staff).Select(g => g.Select(x => x.Slot).ToArray()))
        {
            var changes = mine.Zip(mine.Skip(1)).Count(p => p.First.Shift != p.Second.Shift);
            changes.ShouldBeGreaterThanOrEqualTo(mine.Length - 3, "from one shift to the other nearly each time");
        }
    }

    [Fact]
    public void In_every_month_with_any_number_of_people_nobody_works_without_rest_too_often_or_more_than_others()
    {
        var (looked, enough) = (0, 0);
        foreach (var month in new LocalDate[] { new(2026, 2, 1), new(2026, 3, 1), new(2026, 4, 1), new(2026, 10, 1) })
        {
            for (var people = 2; people <= 9; people++)
            {
                for (var needed = 1; needed <= 2; needed++)
                {
                    foreach (var daysOff in new[] { 0, 4, 8 })
                    {
                        string[] staff = [.. Enumerable.Range(0, people).Select(i => $"p{i}")];
                        var result = Fill(month, staff, ["day", "evening"], needed, daysOff);
                        var what = $"{month} {people} people, {needed} needed, {daysOff} off";
                        Holds(result, month, daysOff, what);
                        var counts = staff.Select(s => result.Given.Count(g => g.Staff == s)).ToArray();
                        (counts.Max() - counts.Min()).ShouldBeLessThanOrEqualTo(1, what);
                        var after = staff.Select(s => result.Given.Count(g => g.Staff == s && g.Slot.AfterHours)).ToArray();
                        looked++;
                        if (people < 3 * needed) continue;
                        // Three for each place of the two shifts are enough for everything: rest, days off, and turns after hours.
                        result.Unfilled.ShouldBeEmpty(what);
                        (after.Max() - after.Min()).ShouldBeLessThanOrEqualTo(1, $"{what}: after hours {string.Join(' ', after)}");
                        enough++;
                    }
                }
            }
        }

        (looked, enough).ShouldBe((4 * 8 * 2 * 3, 4 * (7 + 4) * 3));
    }

    [Fact]
    public void Leave_is_respected_and_what_cannot_be_covered_says_why_for_each()
    {
        LocalDate month = new(2026, 6, 1);
        var leave = new Interval(InShanghai("2026-06-10T00:00:00"), InShanghai("2026-06-13T00:00:00"));
        var result = RosterPattern.Fill(Slots(month, 1, "day"), [new([new("a", [], [leave]), new("b", [], [leave])], ["day"])], Rules(month, 4));
        result.Given.ShouldAllBe(g => !g.Slot.Hours.Overlaps(leave));
        result.Unfilled.Select(u => u.Slot.Date.Day).ShouldBe([10, 11, 12]);
        result.Unfilled.SelectMany(u => u.Why).ShouldAllBe(w => w.Why == WhyNot.OnLeave);
        Holds(result, month, 4, "with leave");
        // The leave's end touches the beginning of a shift, and its beginning the end of one: neither is in the way.
        var touching = new Interval(InShanghai("2026-06-10T17:00:00"), InShanghai("2026-06-11T08:00:00"));
        RosterPattern.Fill(Slots(month, 1, "day"), [new([new("a", [], [touching])], ["day"])], Rules(month, 0)).Unfilled.ShouldBeEmpty();
        RosterPattern.Fill(Slots(month, 1, "day"), [new([new("a", [], [new(touching.Start - Microsecond, touching.End)])], ["day"])], Rules(month, 0)).Unfilled.Count.ShouldBe(1);
    }

    [Fact]
    public void Shifts_elsewhere_and_the_month_before_count_for_rest()
    {
        LocalDate month = new(2026, 6, 1);
        var before = Hours["evening"].On(new(2026, 5, 31), Shanghai);
        var result = RosterPattern.Fill(Slots(month, 1, "day"), [new([new("a", [before], [])], ["day"])], Rules(month, 0));
        result.Unfilled.ShouldHaveSingleItem().ShouldSatisfyAllConditions(u => u.Slot.Date.ShouldBe(month), u => u.Why.ShouldBe([("a", WhyNot.Resting)]));
        var elsewhere = Hours["regular"].On(new(2026, 6, 3), Shanghai);
        RosterPattern.Fill(Slots(month, 1, "day"), [new([new("a", [elsewhere], [])], ["day"])], Rules(month, 0)).Unfilled.ShouldHaveSingleItem().Why.ShouldBe([("a", WhyNot.OnDuty)]);
    }

    [Fact]
    public void One_person_keeps_four_days_off_spread_over_the_month()
    {
        LocalDate month = new(2026, 6, 1);
        var result = Fill(month, ["a"], ["day"], needed: 1);
        result.Given.Count.ShouldBe(26);
        result.Unfilled.Count.ShouldBe(4);
        result.Unfilled.ShouldAllBe(u => u.Why.Single().Why == WhyNot.DayOff);
        var off = result.Unfilled.Select(u => u.Slot.Date.Day).ToArray();
        off.Zip(off.Skip(1)).ShouldAllBe(p => p.Second - p.First >= 5);
    }

    [Fact]
    public void Turns_go_on_from_the_month_before()
    {
        LocalDate month = new(2026, 6, 1);
        var after = InShanghai("2026-05-30T17:00:00");
        PatternPerson[] people = [new("a", [], [], "evening", after), new("b", [], [], "day", after - Days(1)), new("c", [], [], "day", after - Days(2))];
        // On the first day nobody has any: who had duty after hours longest ago comes first to the evening, and who had the evening has the day.
        var first = RosterPattern.Fill(Slots(month, 1, "day", "evening"), [new(people, ["day", "evening"])], Rules(month, 0)).Given.Take(2).ToDictionary(g => g.Slot.Shift, g => g.Staff);
        (first["day"], first["evening"]).ShouldBe(("a", "c"));
    }

    [Fact]
    public void Each_group_takes_turns_in_its_own_shifts()
    {
        LocalDate month = new(2026, 6, 1);
        var result = RosterPattern.Fill(
            Slots(month, 1, "day", "evening", "regular"),
            [new([.. "abc".Select(c => new PatternPerson($"{c}", [], []))], ["day", "evening"]), new([new("d", [], []), new("e", [], [])], ["regular"])], Rules(month, 4));
        result.Given.ShouldAllBe(g => (g.Slot.Shift == "regular") == (g.Staff == "d" || g.Staff == "e"));
        Holds(result, month, 4, "two groups");
    }

    [Fact]
    public void The_same_question_has_the_same_answer()
    {
        PatternResult Once() => Fill(new(2026, 2, 1), ["a", "b", "c", "d"], ["day", "evening"], needed: 1);
        Once().Given.Select(g => (g.Slot.Shift, g.Slot.Date, g.Staff)).ShouldBe(Once().Given.Select(g => (g.Slot.Shift, g.Slot.Date, g.Staff)));
    }

    [Theory]
    [InlineData(11 * 60, true)]
    [InlineData(11 * 60 - 1, false)]
    public void Rest_is_kept_to_the_instant(int minutes, bool keeps)
    {
        var evening = Hours["evening"].On(new(2026, 6, 1), Shanghai);
        var next = new Interval(evening.End + Minutes(minutes), evening.End + Minutes(minutes + 60));
        DutyRule.LeavesRest(evening, next, Duration.FromHours(11)).ShouldBe(keeps);
        DutyRule.LeavesRest(next, evening, Duration.FromHours(11)).ShouldBe(keeps);
        DutyRule.LeavesRest(evening, new(evening.End + Duration.FromHours(11) - Microsecond, evening.End + Duration.FromHours(12)), Duration.FromHours(11)).ShouldBeFalse();
    }

    [Fact]
    public void After_hours_is_what_lies_outside_the_working_hours_for_the_greater_part()
    {
        (After("day", new(2026, 3, 2)), After("evening", new(2026, 3, 2)), After("day", new(2026, 3, 7)), After("regular", new(2026, 2, 14))).ShouldBe((false, true, true, false));
        DutyRule.IsAfterHours(new(InShanghai("2026-03-02T08:00:00"), InShanghai("2026-03-02T10:00:00")), Duration.FromHours(1)).ShouldBeFalse();
        DutyRule.IsAfterHours(new(InShanghai("2026-03-02T08:00:00"), InShanghai("2026-03-02T10:00:00")), Duration.FromHours(1) - Microsecond).ShouldBeTrue();
    }

    /// <summary>What must hold whatever is asked.</summary>
    private static void Holds(PatternResult result, LocalDate month, int daysOff, string what)
    {
        foreach (var mine in result.Given.GroupBy(g => g.Staff))
        {
            PatternSlot[] shifts = [.. mine.Select(g => g.Slot).OrderBy(s => s.Hours.Start)];
            shifts.Zip(shifts.Skip(1)).ShouldAllBe(p => p.First.Hours.End + Duration.FromHours(11) <= p.Second.Hours.Start, what);
            shifts.Select(s => s.Date).ShouldBeUnique(what);
            shifts.Length.ShouldBeLessThanOrEqualTo(month.Calendar.GetDaysInMonth(month.Year, month.Month) - daysOff, what);
        }

        foreach (var slot in result.Given.GroupBy(g => g.Slot)) (slot.Count() + (result.Unfilled.SingleOrDefault(u => u.Slot == slot.Key)?.Missing ?? 0)).ShouldBe(slot.Key.Needed, what);
    }

    private static PatternResult Fill(LocalDate month, string[] people, string[] shifts, int needed, int daysOff = 4) =>
        RosterPattern.Fill(Slots(month, needed, shifts), [new([.. people.Select(p => new PatternPerson(p, [], []))], shifts)], Rules(month, daysOff));

    private static PatternRules Rules(LocalDate month, int daysOff) => new(month, Shanghai, Duration.FromHours(11), daysOff);

    private static PatternSlot[] Slots(LocalDate month, int needed, params string[] shifts) =>
    [
        .. Enumerable.Range(0, month.Calendar.GetDaysInMonth(month.Year, month.Month)).Select(month.PlusDays)
            .SelectMany(_ => shifts, (date, shift) => new PatternSlot(Guid.NewGuid(), shift, date, Hours[shift].On(date, Shanghai), needed, After(shift, date))),
    ];

    private static bool After(string shift, LocalDate date)
    {
        var hours = Hours[shift].On(date, Shanghai);
        return DutyRule.IsAfterHours(hours, National.TimeBetween(hours.Start, hours.End, Shanghai, Regular).Value);
    }
}
