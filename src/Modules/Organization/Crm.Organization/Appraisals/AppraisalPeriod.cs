using NodaTime;

namespace Crm.Organization.Appraisals;

/// <summary>ORG-14: how long the period of an appraisal is.</summary>
internal enum PeriodKind
{
    /// <summary>月度.</summary>
    Month,

    /// <summary>季度.</summary>
    Quarter,

    /// <summary>年度.</summary>
    Year,
}

/// <summary>ORG-14: a calendar month, quarter or year.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Start">Its first day.</param>
internal readonly record struct AppraisalPeriod(PeriodKind Kind, LocalDate Start)
{
    /// <summary>True when a period of this kind begins on this day.</summary>
    public bool IsOne => Start.Day == 1 && Start.Month % Months == 1 % Months;

    private int Months => Kind switch { PeriodKind.Month => 1, PeriodKind.Quarter => 3, _ => 12 };

    /// <summary>As instants, in the project's zone: its end lies outside.</summary>
    public Interval In(DateTimeZone zone) => new(zone.AtStartOfDay(Start).ToInstant(), zone.AtStartOfDay(Start.PlusMonths(Months)).ToInstant());
}
