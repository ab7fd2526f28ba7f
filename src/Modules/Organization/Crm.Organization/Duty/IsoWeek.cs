using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Calendars;

namespace Crm.Organization.Duty;

/// <summary>ORG-05: a week by ISO 8601, from Monday to Sunday, such as 2026-W10.</summary>
/// <param name="Year">The week-year: that of the week's Thursday.</param>
/// <param name="Week">From 1 to 52 or 53.</param>
internal sealed partial record IsoWeek(int Year, int Week)
{
    /// <summary>The week a day lies in.</summary>
    public static IsoWeek Of(LocalDate date) => new(WeekYearRules.Iso.GetWeekYear(date), WeekYearRules.Iso.GetWeekOfWeekYear(date));

    /// <summary>Reads one; null when the text is none, or the year has no such week.</summary>
    public static IsoWeek? Read(string text)
    {
        if (Form().Match(text) is not { Success: true } match) return null;
        var (year, week) = (int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
        return year is >= 2000 and <= 2199 && week >= 1 && week <= WeekYearRules.Iso.GetWeeksInWeekYear(year) ? new(year, week) : null;
    }

    /// <summary>From the beginning of its Monday to that of the next.</summary>
    public Interval In(DateTimeZone zone)
    {
        var monday = WeekYearRules.Iso.GetLocalDate(Year, Week, IsoDayOfWeek.Monday);
        return new(zone.AtStartOfDay(monday).ToInstant(), zone.AtStartOfDay(monday.PlusDays(7)).ToInstant());
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Year:0000}-W{Week:00}");

    [GeneratedRegex(@"^(\d{4})-W(\d{2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
