using Crm.Shared.Failures;
using NodaTime;
using NodaTime.Text;

namespace Crm.Organization.Contracts;

/// <summary>ORG-07: what a day is.</summary>
public enum DayKind
{
    /// <summary>Monday to Friday, and nothing else was said of it.</summary>
    WorkingDay,

    /// <summary>A Saturday or Sunday, and nothing else was said of it.</summary>
    Weekend,

    /// <summary>Free by the year's notice: the holiday itself, and the days moved to it.</summary>
    Holiday,

    /// <summary>A Saturday or Sunday that is worked for a day off elsewhere (调休).</summary>
    MakeUpDay,

    /// <summary>Free in this company only.</summary>
    CompanyDayOff,
}

/// <summary>ORG-07: one day of the calendar.</summary>
/// <param name="Date">The day.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Occasion">The holiday it belongs to, a make-up day's too, or why the company is closed; null on ordinary days.</param>
/// <param name="IsProvisional">The notice of its year is not out yet: it may still change.</param>
public sealed record CalendarDay(LocalDate Date, DayKind Kind, string? Occasion, bool IsProvisional)
{
    /// <summary>True when it counts as a working day.</summary>
    public bool IsWorking => Kind is DayKind.WorkingDay or DayKind.MakeUpDay;
}

/// <summary>Days in a row that the notice makes free.</summary>
/// <param name="Occasion">The holiday's name as the notice has it.</param>
/// <param name="From">The first free day.</param>
/// <param name="To">The last free day.</param>
/// <param name="MakeUp">The Saturdays and Sundays that are worked for it.</param>
public sealed record Holiday(string Occasion, LocalDate From, LocalDate To, IReadOnlyList<LocalDate> MakeUp);

/// <summary>ORG-07: the holidays of one year, as the State Council's notice arranges them.</summary>
public sealed class CalendarYear
{
    private readonly Dictionary<LocalDate, (DayKind Kind, string Occasion)> days = [];

    /// <summary>Takes the notice's arrangement.</summary>
    /// <param name="year">The year it is for.</param>
    /// <param name="notice">The notice it comes from, by its number; null for a year whose notice is not out yet.</param>
    /// <param name="holidays">What it says.</param>
    /// <exception cref="Malformed">A holiday ends before it begins; a day lies outside the year, is named twice, or is worked for another though it is a working day anyway.</exception>
    public CalendarYear(int year, string? notice, IReadOnlyList<Holiday> holidays)
    {
        (Year, Notice, Holidays) = (year, notice, holidays);
        foreach (var holiday in holidays)
        {
            if (holiday.To < holiday.From) throw Wrong($"{holiday.Occasion} ends before it begins", $"{holiday.Occasion}的结束日期早于开始日期");
            for (var day = holiday.From; day <= holiday.To; day = day.PlusDays(1)) Take(day, DayKind.Holiday, holiday.Occasion);
            foreach (var day in holiday.MakeUp)
            {
                if (!day.IsWeekend()) throw Wrong($"{Iso(day)} is no Saturday or Sunday, so nobody has to make up for it", $"{Iso(day)} 不是周末，无需调休上班");
                Take(day, DayKind.MakeUpDay, holiday.Occasion);
            }
        }
    }

    /// <summary>The year.</summary>
    public int Year { get; }

    /// <summary>The notice it comes from; null while that is not out.</summary>
    public string? Notice { get; }

    /// <summary>As the notice lists them.</summary>
    public IReadOnlyList<Holiday> Holidays { get; }

    /// <summary>
    /// A year whose notice is not out yet: only what the law itself fixes by date is free (元旦, 劳动节, 国庆节); what goes by the moon, and the
    /// days moved around, are not known.
    /// </summary>
    public static CalendarYear Provisional(int year) => new(year, notice: null,
    [
        new("元旦", new(year, 1, 1), new(year, 1, 1), []),
        new("劳动节", new(year, 5, 1), new(year, 5, 2), []),
        new("国庆节", new(year, 10, 1), new(year, 10, 3), []),
    ]);

    /// <summary>What the notice makes of this day; null when it does not mention it.</summary>
    public (DayKind Kind, string Occasion)? Find(LocalDate day) => days.TryGetValue(day, out var said) ? said : null;

    private void Take(LocalDate day, DayKind kind, string occasion)
    {
        if (day.Year != Year) throw Wrong($"{Iso(day)} is not in {Year}", $"{Iso(day)} 不在 {Year} 年内");
        if (!days.TryAdd(day, (kind, occasion))) throw Wrong($"{Iso(day)} is named twice", $"{Iso(day)} 重复出现");
    }

    private static string Iso(LocalDate day) => LocalDatePattern.Iso.Format(day);

    private static Malformed Wrong(string en, string zh) => Malformed.Field("holidays", new Text(en, zh));
}
