using Crm.Organization.Contracts;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Calendar;

/// <summary>ORG-07: a day on which this company is closed, whatever the national calendar says.</summary>
/// <param name="Date">The day.</param>
/// <param name="Occasion">Why; null when it is worked again as the national calendar says.</param>
internal sealed record DayOff(LocalDate Date, string? Occasion);

/// <summary>ORG-07: a year as its notice arranges it.</summary>
/// <param name="Year">The year.</param>
/// <param name="Notice">The notice's number, e.g. 国办发明电〔2025〕7号.</param>
/// <param name="Holidays">What it says: free days in a row, and the weekend days that are worked for them.</param>
internal sealed record YearNotice(int Year, string Notice, IReadOnlyList<Holiday> Holidays);

/// <summary>ORG-07: what is put right in the working calendar: years imported or corrected, and the company's own days off.</summary>
internal sealed record CalendarCorrection(IReadOnlyList<YearNotice> Years, IReadOnlyList<DayOff> DaysOff);

/// <summary>ORG-07: a correction as it was applied. Append-only: the calendar is what was shipped and all corrections after it, in their order.</summary>
[NotPersonal("days of the calendar", "Json")]
internal sealed class AppliedCorrection
{
    /// <summary>Its place, from 1: also the version of the calendar after it.</summary>
    public required int Number { get; init; }

    /// <summary>A <see cref="CalendarCorrection"/>.</summary>
    public required string Json { get; init; }

    public required string ChangedBy { get; init; }

    [Personal(Datum.Reason, Guard.Plain)]
    public required string Reason { get; init; }

    public required Instant ChangedAt { get; init; }
}

/// <summary>ORG-07: the calendar in force.</summary>
internal static class CompanyCalendar
{
    /// <summary>The published years, with corrections applied one after the other; the last word on a year or day counts.</summary>
    /// <exception cref="Shared.Failures.Malformed">A year's arrangement contradicts itself.</exception>
    public static WorkingCalendar After(IEnumerable<CalendarCorrection> corrections)
    {
        var (years, daysOff) = (PublishedYears.All.ToDictionary(y => y.Year), new Dictionary<LocalDate, string>());
        foreach (var correction in corrections)
        {
            foreach (var year in correction.Years) years[year.Year] = new CalendarYear(year.Year, year.Notice, year.Holidays);
            foreach (var day in correction.DaysOff)
            {
                if (day.Occasion is { } occasion) daysOff[day.Date] = occasion;
                else daysOff.Remove(day.Date);
            }
        }

        return new WorkingCalendar(years.Values, daysOff);
    }
}
