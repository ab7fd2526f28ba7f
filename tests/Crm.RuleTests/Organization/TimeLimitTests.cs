using System.Text.Json;
using Crm.Organization.Calendar;
using Crm.Organization.Contracts;
using Crm.Shared.Http;
using NodaTime;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>ORG-07, ORG-08: what a time that a policy gives comes to.</summary>
[Trait("Rule", "ORG-07")]
public sealed class TimeLimitTests
{
    private static readonly DateTimeZone Shanghai = DateTimeZoneProviders.Tzdb["Asia/Shanghai"], Berlin = DateTimeZoneProviders.Tzdb["Europe/Berlin"];
    private static readonly WorkingCalendar National = new(PublishedYears.All, []);
    private static readonly WorkingHours Regular = new(new LocalTime(9, 0), new LocalTime(18, 0));

    [Theory]
    [InlineData("PT24H", "2026-02-13T10:00:00", "2026-02-14T10:00:00")]
    [InlineData("1 working day", "2026-02-13T10:00:00", "2026-02-14T23:59:59.999999")]
    [InlineData("2 working days", "2026-02-13T10:00:00", "2026-02-24T23:59:59.999999")]
    [InlineData("1 working day", "2026-02-13T23:59:59.999999", "2026-02-14T23:59:59.999999")]
    [InlineData("1 working day", "2026-02-14T00:00:00", "2026-02-24T23:59:59.999999")]
    [InlineData("PT8H working", "2026-02-13T10:00:00", "2026-02-13T18:00:00")]
    [InlineData("PT8H1S working", "2026-02-13T10:00:00", "2026-02-14T09:00:01")]
    [InlineData("PT10H working", "2026-02-14T17:00:00", "2026-02-24T18:00:00")]
    [InlineData("PT1H working", "2026-02-13T18:00:00", "2026-02-14T10:00:00")]
    [InlineData("PT1H working", "2026-02-13T08:00:00", "2026-02-13T10:00:00")]
    public void A_limit_ends(string limit, string from, string due) =>
        DueFrom(limit, Local(from, Shanghai), Shanghai).Value.ShouldBe(Local(due, Shanghai));

    [Fact]
    public void A_working_day_on_which_the_clock_is_put_forward_is_as_long_as_it_is()
    {
        var saturdays = new WorkingCalendar([new CalendarYear(2026, "test", [new Holiday("x", new(2026, 3, 30), new(2026, 3, 30), [new(2026, 3, 29)])])], []);
        var night = new WorkingHours(new LocalTime(1, 0), new LocalTime(4, 0));
        // 2026-03-29 has no hour from 02:00 to 03:00 in Berlin: two hours of work lie between 01:00 and 04:00.
        var (from, time) = (Local("2026-03-29T00:00:00", Berlin), Duration.FromHours(2));
        saturdays.AddTime(from, time, Berlin, night).Value.ShouldBe(Local("2026-03-29T04:00:00", Berlin));
        saturdays.TimeBetween(from, Local("2026-03-29T04:00:00", Berlin), Berlin, night).Value.ShouldBe(time);
    }

    [Fact]
    public void A_limit_that_ends_in_a_year_without_its_notice_is_provisional()
    {
        DueFrom("2 working days", Local("2026-12-30T10:00:00", Shanghai), Shanghai).IsProvisional.ShouldBeTrue();
        DueFrom("1 working day", Local("2026-12-30T10:00:00", Shanghai), Shanghai).IsProvisional.ShouldBeFalse();
        DueFrom("PT72H", Local("2026-12-30T10:00:00", Shanghai), Shanghai).IsProvisional.ShouldBeFalse();
    }

    [Theory]
    [InlineData("PT24H")]
    [InlineData("PT30M working")]
    [InlineData("1 working day")]
    [InlineData("20 working days")]
    public void It_is_written_as_it_was_read(string text)
    {
        JsonSerializer.Serialize(JsonSerializer.Deserialize<TimeLimit>($"\"{text}\"", CrmJson.Options), CrmJson.Options).ShouldBe($"\"{text}\"");
        TimeLimit.Parse(text).ShouldBe(TimeLimit.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0 working days")]
    [InlineData("-1 working days")]
    [InlineData("working")]
    [InlineData("PT8H working ")]
    [InlineData("3 days")]
    [InlineData("P1M")]
    [InlineData("123456 working days")]
    public void What_is_no_limit_is_refused(string text)
    {
        TimeLimit.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<TimeLimit>($"\"{text}\"", CrmJson.Options));
    }

    [Theory]
    [InlineData("PT0S", false)]
    [InlineData("PT0S working", false)]
    [InlineData("P366D", true)]
    [InlineData("P366DT1S", false)]
    [InlineData("366 working days", true)]
    [InlineData("367 working days", false)]
    public void It_has_bounds(string text, bool within) => TimeLimit.Parse(text).IsWithin(longestDays: 366).ShouldBe(within);

    private static CalendarAnswer<Instant> DueFrom(string limit, Instant from, DateTimeZone zone) => TimeLimit.Parse(limit).DueFrom(from, zone, National, Regular);

    private static Instant Local(string text, DateTimeZone zone) => NodaTime.Text.LocalDateTimePattern.ExtendedIso.Parse(text).GetValueOrThrow().InZoneStrictly(zone).ToInstant();
}
