using Crm.Shared.Time;
using NodaTime;
using NodaTime.Text;

namespace Crm.RuleTests;

/// <summary>Instants and durations as tests write them.</summary>
internal static class Calendar
{
    /// <summary>The smallest step of time.</summary>
    public static readonly Duration Microsecond = Microseconds.One;

    public static readonly DateTimeZone Shanghai = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];

    /// <summary>An instant in UTC, such as "2026-03-02T01:00:00Z".</summary>
    public static Instant Utc(string text) => InstantPattern.ExtendedIso.Parse(text).GetValueOrThrow();

    /// <summary>An instant by the wall clock of Shanghai, such as "2026-03-02T09:00:00".</summary>
    public static Instant InShanghai(string text) =>
        LocalDateTimePattern.ExtendedIso.Parse(text).GetValueOrThrow().InZoneStrictly(Shanghai).ToInstant();

    public static Duration Days(int days) => Duration.FromDays(days);

    public static Duration Hours(int hours) => Duration.FromHours(hours);

    public static Duration Minutes(int minutes) => Duration.FromMinutes(minutes);
}
