using NodaTime;
using NodaTime.Text;

namespace Crm.Shared.Time;

/// <summary>ISO 8601 durations without months or years: "n days" is n × 24 hours.</summary>
public static class IsoDuration
{
    private static readonly Duration Longest = Duration.FromDays(73_000);

    /// <summary>Reads PT15M, PT24H or P10D. Months and years, which have no fixed length, are refused; so is anything over 200 years.</summary>
    public static bool TryParse(string text, out Duration duration)
    {
        duration = default;
        var parsed = PeriodPattern.NormalizingIso.Parse(text);
        if (!parsed.Success || parsed.Value.Months != 0 || parsed.Value.Years != 0) return false;
        try
        {
            duration = parsed.Value.ToDuration();
        }
        catch (OverflowException)
        {
            return false;
        }

        return duration >= -Longest && duration <= Longest;
    }

    /// <summary>Writes hours, minutes and seconds (PT24H, PT10M, PT0S), never days, so that a day reads as the 24 hours it is.</summary>
    public static string Format(Duration duration)
    {
        var period = new PeriodBuilder
        {
            Hours = (long)duration.TotalHours,
            Minutes = duration.Minutes,
            Seconds = duration.Seconds,
            Nanoseconds = duration.SubsecondNanoseconds,
        }.Build();
        return period.Equals(Period.Zero) ? "PT0S" : PeriodPattern.Roundtrip.Format(period) is var text && period.Nanoseconds == 0
            ? text
            : FormattableString.Invariant($"PT{(decimal)duration.ToTimeSpan().Ticks / TimeSpan.TicksPerSecond}S");
    }
}
