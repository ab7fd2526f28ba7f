using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Crm.Shared.Failures;
using Crm.Shared.Time;
using NodaTime;

namespace Crm.Organization.Contracts;

/// <summary>
/// The time a rule gives, as a policy value says it: around the clock (<c>PT24H</c>), in working time (<c>PT8H working</c>), or in working days
/// (<c>3 working days</c>, which end with the last microsecond of the third working day after the day they began).
/// </summary>
[JsonConverter(typeof(TimeLimitConverter))]
public sealed partial record TimeLimit
{
    private readonly Duration time;
    private readonly int days;

    private TimeLimit(Duration time, bool isWorkingTime, int days) => (this.time, IsWorkingTime, this.days) = (time, isWorkingTime, days);

    /// <summary>What it may look like.</summary>
    public static Text Forms { get; } = new("\"PT24H\", \"PT8H working\" or \"3 working days\"", "\"PT24H\"、\"PT8H working\"（工作时间）或 \"3 working days\"（工作日）");

    /// <summary>Counted in working time or working days: what it comes to depends on the working calendar (ORG-07).</summary>
    public bool IsWorking => IsWorkingTime || days > 0;

    /// <summary>Counted in working time.</summary>
    public bool IsWorkingTime { get; }

    /// <summary>Around the clock.</summary>
    public static TimeLimit AroundTheClock(Duration time) => new(time, isWorkingTime: false, days: 0);

    /// <summary>In the project's working hours on working days.</summary>
    public static TimeLimit WorkingTime(Duration time) => new(time, isWorkingTime: true, days: 0);

    /// <summary>In working days, of which the first is the one after the day it begins.</summary>
    public static TimeLimit WorkingDays(int days) => new(Duration.Zero, isWorkingTime: false, days);

    /// <summary>Longer than nothing, and no more than so many days (of whichever kind).</summary>
    public bool IsWithin(int longestDays) => days is 0 ? time > Duration.Zero && time <= Duration.FromDays(longestDays) : days <= longestDays;

    /// <summary>The last instant in time, for what begins at <paramref name="start"/>.</summary>
    public CalendarAnswer<Instant> DueFrom(Instant start, DateTimeZone zone, WorkingCalendar calendar, WorkingHours hours)
    {
        if (IsWorkingTime) return calendar.AddTime(start, time, zone, hours);
        if (days == 0) return new(start + time, IsProvisional: false);
        var last = calendar.Add(start.InZone(zone).Date, days);
        return new(zone.AtStartOfDay(last.Value.PlusDays(1)).ToInstant() - Microseconds.One, last.IsProvisional);
    }

    /// <summary>CMP-29: of what ran before and goes on now: when it would have begun, had it run without a break. What it used up counts as it is given, in working time or working days.</summary>
    /// <param name="now">When it goes on.</param>
    /// <param name="ran">When it ran before; nothing, for what begins now.</param>
    /// <param name="zone">The project's zone.</param>
    /// <param name="calendar">Which days are worked.</param>
    /// <param name="hours">At which hours.</param>
    public Instant AsIfBegun(Instant now, IReadOnlyList<Interval> ran, DateTimeZone zone, WorkingCalendar calendar, WorkingHours hours)
    {
        if (IsWorkingTime) return calendar.TakeTime(now, Sum(r => calendar.TimeBetween(r.Start, r.End, zone, hours).Value), zone, hours).Value;
        if (days == 0) return now - Sum(r => r.Duration);
        var used = ran.Sum(r => calendar.Between(r.Start.InZone(zone).Date, r.End.InZone(zone).Date).Value);
        if (used == 0) return now;
        // A day that is not worked is no day after another: one more lies before it.
        var here = now.InZone(zone);
        return zone.AtLeniently(calendar.Add(here.Date, calendar.Day(here.Date).IsWorking ? -used : -used - 1).Value + here.TimeOfDay).ToInstant();

        Duration Sum(Func<Interval, Duration> of) => ran.Aggregate(Duration.Zero, (sum, r) => sum + of(r));
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, out TimeLimit? limit)
    {
        limit = null;
        if (Days().Match(text) is { Success: true } match)
            limit = int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days > 0 ? WorkingDays(days) : null;
        else if (IsoDuration.TryParse(text.EndsWith(" working", StringComparison.Ordinal) ? text[..^" working".Length] : text, out var time))
            limit = new(time, isWorkingTime: text.EndsWith(" working", StringComparison.Ordinal), days: 0);
        return limit is not null;
    }

    /// <summary>Reads what a deadline keeps of the limit it was given.</summary>
    /// <exception cref="FormatException">It was not written by <see cref="ToString"/>.</exception>
    public static TimeLimit Parse(string text) => TryParse(text, out var limit) ? limit! : throw new FormatException($"'{text}' is no time limit.");

    /// <inheritdoc/>
    public override string ToString() => days switch
    {
        1 => "1 working day",
        > 1 => FormattableString.Invariant($"{days} working days"),
        _ => IsoDuration.Format(time) + (IsWorkingTime ? " working" : ""),
    };

    [GeneratedRegex(@"^([1-9]\d{0,4}) working days?$", RegexOptions.CultureInvariant)]
    private static partial Regex Days();

    private sealed class TimeLimitConverter : JsonConverter<TimeLimit>
    {
        public override TimeLimit Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && TryParse(reader.GetString()!, out var limit) ? limit! : throw new JsonException("must be like " + Forms.Localized);

        public override void Write(Utf8JsonWriter writer, TimeLimit value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
