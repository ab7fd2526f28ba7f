using NodaTime;
using NodaTime.Text;

namespace Crm.Organization.Duty;

/// <summary>A month as addresses and bodies write it, such as 2026-03; kept as its first day.</summary>
internal static class RosterMonth
{
    private static readonly YearMonthPattern Pattern = YearMonthPattern.CreateWithInvariantCulture("uuuu'-'MM");

    /// <summary>No roster is of this month: what an address that names no month stands for.</summary>
    private static readonly LocalDate Never = new(1900, 1, 1);

    public static LocalDate? Read(string text) => Pattern.Parse(text) is { Success: true, Value: { Year: >= 2000 and <= 2199 } month } ? month.OnDayOfMonth(1) : null;

    public static LocalDate ReadOrNever(string text) => Read(text) ?? Never;

    public static string Write(LocalDate firstDay) => Pattern.Format(firstDay.ToYearMonth());
}
