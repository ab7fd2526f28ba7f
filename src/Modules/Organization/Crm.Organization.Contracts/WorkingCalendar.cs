using System.Collections.Concurrent;
using System.Collections.Frozen;
using NodaTime;

namespace Crm.Organization.Contracts;

/// <summary>What a calendar answers, and whether the answer may still change because a year it looked at is provisional.</summary>
/// <typeparam name="T">The answer's type.</typeparam>
/// <param name="Value">The answer.</param>
/// <param name="IsProvisional">The notice of a year between the question and the answer is not out yet.</param>
public readonly record struct CalendarAnswer<T>(T Value, bool IsProvisional);

/// <summary>ORG-07: the part of a working day in which work is done, by the wall clock of the place.</summary>
/// <param name="Opens">When it begins.</param>
/// <param name="Closes">When it ends: later the same day.</param>
public sealed record WorkingHours(LocalTime Opens, LocalTime Closes)
{
    /// <summary>
    /// As instants, on this day, in this zone. A wall-clock time that is skipped when the clock is put forward is the instant as long after
    /// the gap as it lies in it; of one that comes twice, it is the first.
    /// </summary>
    public Interval On(LocalDate date, DateTimeZone zone) => new(zone.AtLeniently(date + Opens).ToInstant(), zone.AtLeniently(date + Closes).ToInstant());
}

/// <summary>
/// ORG-07: the national working calendar with the company's own days off. Pure and immutable: the same question always has the same answer.
/// </summary>
/// <param name="years">The years whose notices are known; all others are provisional.</param>
/// <param name="daysOff">The company's own days off with their reasons; they win over everything.</param>
public sealed class WorkingCalendar(IEnumerable<CalendarYear> years, IEnumerable<KeyValuePair<LocalDate, string>> daysOff)
{
    private readonly ConcurrentDictionary<int, CalendarYear> years = new(years.Select(y => KeyValuePair.Create(y.Year, y)));
    private readonly FrozenDictionary<LocalDate, string> daysOff = daysOff.ToFrozenDictionary();

    /// <summary>The years whose notices are known, in order.</summary>
    public IEnumerable<CalendarYear> PublishedYears => years.Values.Where(y => y.Notice is not null).OrderBy(y => y.Year);

    /// <summary>What this day is.</summary>
    public CalendarDay Day(LocalDate date)
    {
        var year = years.GetOrAdd(date.Year, CalendarYear.Provisional);
        var provisional = year.Notice is null;
        if (daysOff.TryGetValue(date, out var why)) return new(date, DayKind.CompanyDayOff, why, provisional);
        if (year.Find(date) is var (kind, occasion)) return new(date, kind, occasion, provisional);
        return new(date, date.IsWeekend() ? DayKind.Weekend : DayKind.WorkingDay, Occasion: null, provisional);
    }

    /// <summary>Day after day, from the first to the last.</summary>
    public IEnumerable<CalendarDay> Days(LocalDate first, LocalDate last)
    {
        for (var date = first; date <= last; date = date.PlusDays(1)) yield return Day(date);
    }

    /// <summary>
    /// The n-th working day after a day (before it, when n is negative). The day itself never counts. 0 is the day itself if it is worked,
    /// else the next working day. From a working day, adding n and then -n comes back to it.
    /// </summary>
    public CalendarAnswer<LocalDate> Add(LocalDate from, int days)
    {
        var (date, step, provisional) = (from, days < 0 ? -1 : 1, Day(from).IsProvisional);
        for (var left = days == 0 && !Day(from).IsWorking ? 1 : Math.Abs(days); left > 0;)
        {
            date = date.PlusDays(step);
            var day = Day(date);
            provisional |= day.IsProvisional;
            if (day.IsWorking) left--;
        }

        return new(date, provisional);
    }

    /// <summary>How many working days lie after <paramref name="from"/> up to and with <paramref name="to"/>; negative when that is earlier.</summary>
    public CalendarAnswer<int> Between(LocalDate from, LocalDate to)
    {
        // The day from which is counted never counts, in either direction: so that this undoes Add.
        var (first, last, sign) = to < from ? (to, from.PlusDays(-1), -1) : (from.PlusDays(1), to, 1);
        CalendarDay[] days = [.. Days(first, last)];
        return new(sign * days.Count(d => d.IsWorking), Day(from).IsProvisional || days.Any(d => d.IsProvisional));
    }

    /// <summary>How much working time passes from one instant to a later one, in this zone. Days on which the clock is changed are as long as they are.</summary>
    /// <returns>Zero when <paramref name="to"/> is not later.</returns>
    public CalendarAnswer<Duration> TimeBetween(Instant from, Instant to, DateTimeZone zone, WorkingHours hours)
    {
        var (worked, provisional) = (Duration.Zero, false);
        foreach (var day in Days(from.InZone(zone).Date, to.InZone(zone).Date))
        {
            provisional |= day.IsProvisional;
            if (!day.IsWorking) continue;
            var open = hours.On(day.Date, zone);
            var (start, end) = (Instant.Max(open.Start, from), Instant.Min(open.End, to));
            if (start < end) worked += end - start;
        }

        return new(worked, provisional);
    }

    /// <summary>The instant by which so much working time has passed since an earlier one: <see cref="TimeBetween"/> the two is that time. It is a working instant, or the closing of one day.</summary>
    public CalendarAnswer<Instant> AddTime(Instant from, Duration time, DateTimeZone zone, WorkingHours hours)
    {
        var (left, provisional) = (time, false);
        for (var date = from.InZone(zone).Date; ; date = date.PlusDays(1))
        {
            var day = Day(date);
            provisional |= day.IsProvisional;
            if (!day.IsWorking) continue;
            var open = hours.On(date, zone);
            var begin = Instant.Max(open.Start, from);
            if (begin >= open.End) continue;
            if (begin + left <= open.End) return new(begin + left, provisional);
            left -= open.End - begin;
        }
    }

    /// <summary>The latest instant from which so much working time has passed until a later one: <see cref="AddTime"/> of it leads back. No time: the instant itself.</summary>
    public CalendarAnswer<Instant> TakeTime(Instant to, Duration time, DateTimeZone zone, WorkingHours hours)
    {
        var (left, provisional) = (time, false);
        for (var date = to.InZone(zone).Date; left > Duration.Zero; date = date.PlusDays(-1))
        {
            var day = Day(date);
            provisional |= day.IsProvisional;
            if (!day.IsWorking) continue;
            var open = hours.On(date, zone);
            var end = Instant.Min(open.End, to);
            if (end <= open.Start) continue;
            if (end - left >= open.Start) return new(end - left, provisional);
            left -= end - open.Start;
        }

        return new(to, provisional);
    }

    /// <summary>The instant itself when somebody works then, else the beginning of the next working time. The closing time itself is no working time.</summary>
    public CalendarAnswer<Instant> Next(Instant at, DateTimeZone zone, WorkingHours hours)
    {
        var provisional = false;
        for (var date = at.InZone(zone).Date; ; date = date.PlusDays(1))
        {
            var day = Day(date);
            provisional |= day.IsProvisional;
            if (!day.IsWorking) continue;
            var open = hours.On(date, zone);
            if (at < open.End) return new(Instant.Max(at, open.Start), provisional);
        }
    }
}

/// <summary>Words for dates.</summary>
public static class Dates
{
    /// <summary>Saturday or Sunday.</summary>
    public static bool IsWeekend(this LocalDate date) => date.DayOfWeek is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday;
}
