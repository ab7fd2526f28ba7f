using Crm.Organization.Calendar;
using Crm.Organization.Contracts;
using Crm.Shared.Failures;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using NodaTime.Text;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-07: the working calendar, against the published notices and against itself.</summary>
[Trait("Rule", "ORG-07")]
public sealed class WorkingCalendarTests
{
    private static readonly WorkingCalendar National = new(PublishedYears.All, []);
    private static readonly WorkingHours Regular = new(new LocalTime(9, 0), new LocalTime(18, 0));
    private static readonly Gen<LocalDate> AnyDay = Gen.Choose(0, 1095).Select(n => new LocalDate(2024, 1, 1).PlusDays(n));

    [Fact]
    public void Every_day_of_2024_to_2026_is_what_two_independent_sources_say()
    {
        var days = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "working-days.txt")).Select(line => line.Split(' ')).ToArray();
        days.Length.ShouldBe(366 + 365 + 365);
        foreach (var said in days)
        {
            var day = National.Day(LocalDatePattern.Iso.Parse(said[0]).GetValueOrThrow());
            day.IsWorking.ShouldBe(said[1] == "work", said[0]);
            day.IsProvisional.ShouldBeFalse(said[0]);
        }
    }

    [Theory]
    [InlineData(2026, 2, 14, DayKind.MakeUpDay, "春节")]
    [InlineData(2026, 2, 15, DayKind.Holiday, "春节")]
    [InlineData(2026, 2, 23, DayKind.Holiday, "春节")]
    [InlineData(2026, 2, 24, DayKind.WorkingDay, null)]
    [InlineData(2026, 3, 7, DayKind.Weekend, null)]
    [InlineData(2025, 10, 8, DayKind.Holiday, "国庆节、中秋节")]
    public void A_day_says_what_it_is_and_why(int year, int month, int day, DayKind kind, string? occasion) =>
        National.Day(new(year, month, day)).ShouldBe(new(new(year, month, day), kind, occasion, IsProvisional: false));

    [Fact]
    public void From_a_working_day_adding_n_and_taking_n_away_comes_back_to_it() => Prop.ForAll(
        Arb.From(Gen.Zip(AnyDay, Gen.Choose(-300, 300))),
        pair =>
        {
            var day = National.Add(pair.Item1, 0).Value;
            var there = National.Add(day, pair.Item2).Value;
            return National.Day(there).IsWorking && National.Add(there, -pair.Item2).Value == day && National.Between(day, there).Value == pair.Item2;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100_000));

    [Theory]
    [InlineData("2026-02-13", 1, "2026-02-14")]
    [InlineData("2026-02-14", 1, "2026-02-24")]
    [InlineData("2026-02-24", -1, "2026-02-14")]
    [InlineData("2026-02-17", 0, "2026-02-24")]
    [InlineData("2026-02-17", 1, "2026-02-24")]
    [InlineData("2026-02-17", -1, "2026-02-14")]
    [InlineData("2026-03-02", 20, "2026-03-30")]
    public void Working_days_are_counted_from_the_day_after(string from, int days, string expected) => National.Add(Date(from), days).Value.ShouldBe(Date(expected));

    [Fact]
    public void A_year_without_its_notice_is_provisional_and_so_is_every_answer_that_looked_into_it()
    {
        National.Day(new(2027, 10, 1)).ShouldBe(new(new(2027, 10, 1), DayKind.Holiday, "国庆节", IsProvisional: true));
        National.Day(new(2027, 2, 8)).ShouldBe(new(new(2027, 2, 8), DayKind.WorkingDay, Occasion: null, IsProvisional: true));
        National.Add(new(2026, 12, 31), 1).ShouldBe(new(new(2027, 1, 4), IsProvisional: true));
        National.Add(new(2026, 12, 30), 1).ShouldBe(new(new(2026, 12, 31), IsProvisional: false));
        National.Between(new(2026, 12, 30), new(2027, 1, 4)).ShouldBe(new(2, IsProvisional: true));
        National.TimeBetween(InShanghai("2026-12-31T09:00:00"), InShanghai("2027-01-04T10:00:00"), Shanghai, Regular).ShouldBe(new(Hours(10), IsProvisional: true));
        National.Next(InShanghai("2026-12-31T18:00:00"), Shanghai, Regular).ShouldBe(new(InShanghai("2027-01-04T09:00:00"), IsProvisional: true));
    }

    [Fact]
    public void The_companys_own_day_off_wins_over_everything()
    {
        var calendar = new WorkingCalendar(PublishedYears.All, [new(new LocalDate(2026, 3, 4), "公司成立日"), new(new LocalDate(2026, 2, 14), "春节前放假")]);
        calendar.Day(new(2026, 3, 4)).ShouldBe(new(new(2026, 3, 4), DayKind.CompanyDayOff, "公司成立日", IsProvisional: false));
        calendar.Day(new(2026, 2, 14)).IsWorking.ShouldBeFalse();
        calendar.Add(new(2026, 3, 3), 1).Value.ShouldBe(new LocalDate(2026, 3, 5));
    }

    [Theory]
    [InlineData("2026-03-02T08:59:59", "2026-03-02T09:00:00")]
    [InlineData("2026-03-02T09:00:00", "2026-03-02T09:00:00")]
    [InlineData("2026-03-02T17:59:59", "2026-03-02T17:59:59")]
    [InlineData("2026-03-02T18:00:00", "2026-03-03T09:00:00")]
    [InlineData("2026-03-06T18:00:00", "2026-03-09T09:00:00")]
    [InlineData("2026-02-14T18:00:00", "2026-02-24T09:00:00")]
    [InlineData("2026-03-08T00:00:00", "2026-03-09T09:00:00")]
    public void The_next_working_instant(string at, string expected) => National.Next(InShanghai(at), Shanghai, Regular).Value.ShouldBe(InShanghai(expected));

    [Theory]
    [InlineData("2026-03-02T09:00:00", "2026-03-02T18:00:00", 9 * 60)]
    [InlineData("2026-03-02T00:00:00", "2026-03-03T00:00:00", 9 * 60)]
    [InlineData("2026-03-02T17:00:00", "2026-03-03T10:00:00", 2 * 60)]
    [InlineData("2026-03-06T17:30:00", "2026-03-09T09:30:00", 60)]
    [InlineData("2026-02-14T09:00:00", "2026-02-24T18:00:00", 18 * 60)]
    [InlineData("2026-03-07T00:00:00", "2026-03-08T23:59:59", 0)]
    [InlineData("2026-03-03T10:00:00", "2026-03-02T10:00:00", 0)]
    public void Working_time_passes_only_while_somebody_works(string from, string to, int minutes) =>
        National.TimeBetween(InShanghai(from), InShanghai(to), Shanghai, Regular).Value.ShouldBe(Minutes(minutes));

    [Fact]
    public void Working_time_adds_up_wherever_it_is_cut() => Prop.ForAll(
        Arb.From(Gen.Zip(AnyDay, Gen.Zip(Gen.Choose(0, 5 * 1440), Gen.Choose(0, 5 * 1440)))),
        cut =>
        {
            var start = cut.Item1.AtMidnight().InZoneLeniently(Shanghai).ToInstant();
            var (middle, end) = (start + Minutes(cut.Item2.Item1), start + Minutes(cut.Item2.Item1 + cut.Item2.Item2));
            Duration Worked(Instant from, Instant to) => National.TimeBetween(from, to, Shanghai, Regular).Value;
            return Worked(start, middle) + Worked(middle, end) == Worked(start, end);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void A_night_on_which_the_clock_is_changed_is_as_long_as_it_is()
    {
        var berlin = DateTimeZoneProviders.Tzdb["Europe/Berlin"];
        var night = new WorkingHours(new LocalTime(0, 0), new LocalTime(6, 0));
        var worked = new WorkingCalendar(PublishedYears.All, []);
        // 25 October 2026 is a Sunday: it is worked only where a notice says so, so the change is put on a working day by a zone of our own.
        Duration On(LocalDate day) => worked.TimeBetween(day.AtStartOfDayInZone(berlin).ToInstant(), day.PlusDays(1).AtStartOfDayInZone(berlin).ToInstant(), berlin, night).Value;
        On(new(2026, 10, 26)).ShouldBe(Hours(6));
        night.On(new(2026, 3, 29), berlin).Duration.ShouldBe(Hours(5));
        night.On(new(2026, 10, 25), berlin).Duration.ShouldBe(Hours(7));
        new WorkingHours(new LocalTime(2, 30), new LocalTime(6, 0)).On(new(2026, 3, 29), berlin).Start.ShouldBe(Utc("2026-03-29T01:30:00Z"));
    }

    [Fact]
    public void A_notice_that_contradicts_itself_is_refused()
    {
        static CalendarYear Year(params Holiday[] holidays) => new(2027, "a notice", holidays);
        Should.Throw<Malformed>(() => Year(new Holiday("元旦", new(2027, 1, 2), new(2027, 1, 1), [])));
        Should.Throw<Malformed>(() => Year(new Holiday("元旦", new(2026, 12, 31), new(2027, 1, 1), [])));
        Should.Throw<Malformed>(() => Year(new Holiday("元旦", new(2027, 1, 1), new(2027, 1, 3), [new LocalDate(2027, 1, 4)])));
        Should.Throw<Malformed>(() => Year(new Holiday("元旦", new(2027, 1, 1), new(2027, 1, 3), [new LocalDate(2027, 1, 2)])));
        Should.Throw<Malformed>(() => Year(new Holiday("元旦", new(2027, 1, 1), new(2027, 1, 1), []), new Holiday("新年", new(2027, 1, 1), new(2027, 1, 1), [])));
    }

    private static LocalDate Date(string text) => LocalDatePattern.Iso.Parse(text).GetValueOrThrow();
}
