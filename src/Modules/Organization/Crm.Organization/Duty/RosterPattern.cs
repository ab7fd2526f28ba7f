using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>A shift on a day, as the pattern sees it.</summary>
/// <param name="Slot">The shift on that day.</param>
/// <param name="Shift">The shift's code.</param>
/// <param name="Date">The day it begins on.</param>
/// <param name="Hours">When it is.</param>
/// <param name="Needed">How many are needed.</param>
/// <param name="AfterHours">It counts as duty after hours.</param>
internal sealed record PatternSlot(Guid Slot, string Shift, LocalDate Date, Interval Hours, int Needed, bool AfterHours);

/// <summary>Somebody who can be given shifts.</summary>
/// <param name="Staff">The staff code.</param>
/// <param name="Busy">The shifts they have already, anywhere, from well before the month to well after it.</param>
/// <param name="Leave">When they are on leave.</param>
/// <param name="LastShift">The code of the shift they had last before the month; alternation goes on from it.</param>
/// <param name="LastAfterHours">When they last had duty after hours; turns go on from it.</param>
internal sealed record PatternPerson(string Staff, IReadOnlyList<Interval> Busy, IReadOnlyList<Interval> Leave, string? LastShift = null, Instant? LastAfterHours = null);

/// <param name="People">Who takes turns, in their order.</param>
/// <param name="Shifts">The shifts they take turns in, in the order in which each of them goes from one to the next.</param>
internal sealed record PatternGroup(IReadOnlyList<PatternPerson> People, IReadOnlyList<string> Shifts);

/// <param name="Month">The first day of the month.</param>
/// <param name="Zone">The project's zone.</param>
/// <param name="Rest">At least so long between two shifts of one person.</param>
/// <param name="DaysOff">At least so many days without a shift for everybody; days on leave do not count among them.</param>
internal sealed record PatternRules(LocalDate Month, DateTimeZone Zone, Duration Rest, int DaysOff);

/// <summary>ORG-04: why somebody could not be given a shift.</summary>
internal enum WhyNot
{
    /// <summary>They are on leave.</summary>
    OnLeave,

    /// <summary>They have another shift at that time, or on that day.</summary>
    OnDuty,

    /// <summary>Between it and another shift of theirs there would be too little rest.</summary>
    Resting,

    /// <summary>They have worked on as many days as their days off allow.</summary>
    DayOff,
}

/// <param name="Slot">The shift on that day.</param>
/// <param name="Missing">How many are missing.</param>
/// <param name="Why">Why each of those who take turns in it could not be given it.</param>
internal sealed record Unfilled(PatternSlot Slot, int Missing, IReadOnlyList<(string Staff, WhyNot Why)> Why);

/// <param name="Given">Who has which shift.</param>
/// <param name="Unfilled">What could not be covered.</param>
internal sealed record PatternResult(IReadOnlyList<(PatternSlot Slot, string Staff)> Given, IReadOnlyList<Unfilled> Unfilled);

/// <summary>
/// ORG-04: a month's roster from a pattern: people in their order, from one shift to the next, days off spread over the month, nobody a shift
/// without rest before it, leave respected, as many shifts for one as for the other, and duty after hours in turn. The same question always has
/// the same answer. Who has fewest comes first; then, after hours, who has had fewest of those; then whose turn it is to change shift; then the order.
/// </summary>
internal static class RosterPattern
{
    public static PatternResult Fill(IEnumerable<PatternSlot> slots, IReadOnlyList<PatternGroup> groups, PatternRules rules)
    {
        PatternSlot[] ordered = [.. slots.Where(s => s.Needed > 0).OrderBy(s => s.Hours.Start).ThenBy(s => s.Shift, StringComparer.Ordinal)];
        Line[] lines = [.. groups.SelectMany(g => g.People.Select((p, i) => new Line(p, g, i, rules)))];
        var open = ordered.ToDictionary(s => s.Slot, s => s.Needed);
        // First with days off spread over the month; then what is still open, as far as each one's days off go at all.
        foreach (var spread in new[] { true, false })
        {
            foreach (var slot in ordered)
            {
                while (open[slot.Slot] > 0 && lines.Where(l => l.Takes(slot) && l.Against(slot, spread) is null).Order(Line.For(slot)).FirstOrDefault() is { } next)
                {
                    next.Give(slot);
                    open[slot.Slot]--;
                }
            }
        }

        foreach (var group in groups.Select(g => lines.Where(l => l.Group == g).ToArray()))
        {
            Even(group);
            TakeTurns(group);
        }

        return new(
            [.. lines.SelectMany(l => l.Given.Select(slot => (slot, l.Staff))).OrderBy(g => g.slot.Hours.Start).ThenBy(g => g.slot.Shift, StringComparer.Ordinal).ThenBy(g => g.Staff, StringComparer.Ordinal)],
            [.. ordered.Where(s => open[s.Slot] > 0).Select(s => new Unfilled(s, open[s.Slot], [.. lines.Where(l => l.Takes(s) && !l.Given.Contains(s)).Select(l => (l.Staff, l.Against(s, spread: false) ?? WhyNot.DayOff))]))]);
    }

    /// <summary>Passes shifts from who has more to who has fewer, straight or through a third, until nobody has two more than another or nothing can pass.</summary>
    private static void Even(Line[] lines)
    {
        while (Pairs(lines, l => l.Given.Count).Any(pair => Pass(pair.Rich, pair.Poor) || lines.Any(third => third != pair.Rich && third != pair.Poor && PassThrough(pair.Rich, third, pair.Poor))))
        {
        }
    }

    /// <summary>Exchanges duty after hours for other duty, one for one, until nobody has two more of it than another or nothing can be exchanged.</summary>
    private static void TakeTurns(Line[] lines)
    {
        while (Pairs(lines, l => l.Given.Count(s => s.AfterHours)).Any(pair => Exchange(pair.Rich, pair.Poor)))
        {
        }
    }

    private static IEnumerable<(Line Rich, Line Poor)> Pairs(Line[] lines, Func<Line, int> count) =>
        from rich in lines from poor in lines where count(rich) - count(poor) >= 2 orderby count(rich) - count(poor) descending select (rich, poor);

    private static bool Exchange(Line rich, Line poor)
    {
        foreach (var late in rich.Given.Where(s => s.AfterHours).Reverse().ToArray())
        {
            rich.Take(late);
            foreach (var other in poor.Given.Where(s => !s.AfterHours).ToArray())
            {
                poor.Take(other);
                if (poor.Against(late, spread: false) is null && rich.Against(other, spread: false) is null)
                {
                    poor.Give(late);
                    rich.Give(other);
                    return true;
                }

                poor.Give(other);
            }

            rich.Give(late);
        }

        return false;
    }

    private static bool Pass(Line rich, Line poor)
    {
        foreach (var slot in rich.Given.OrderByDescending(s => s.Hours.Start).ToArray())
        {
            if (poor.Against(slot, spread: false) is not null) continue;
            rich.Take(slot);
            poor.Give(slot);
            return true;
        }

        return false;
    }

    private static bool PassThrough(Line rich, Line third, Line poor)
    {
        foreach (var first in third.Given.ToArray())
        {
            if (poor.Against(first, spread: false) is not null) continue;
            third.Take(first);
            if (Pass(rich, third))
            {
                poor.Give(first);
                return true;
            }

            third.Give(first);
        }

        return false;
    }

    /// <summary>One person's month as it grows.</summary>
    private sealed class Line
    {
        private readonly PatternPerson person;
        private readonly PatternRules rules;
        private readonly int order;
        private readonly int most;
        private readonly int days;
        private readonly LocalDate[] elsewhere;

        public Line(PatternPerson person, PatternGroup group, int order, PatternRules rules)
        {
            (this.person, Group, this.order, this.rules) = (person, group, order, rules);
            days = rules.Month.Calendar.GetDaysInMonth(rules.Month.Year, rules.Month.Month);
            LocalDate[] month = [.. Enumerable.Range(0, days).Select(rules.Month.PlusDays)];
            most = Math.Max(0, days - rules.DaysOff - month.Count(IsOnLeaveAllDay));
            elsewhere = [.. person.Busy.Select(b => b.Start.InZone(rules.Zone).Date).Where(month.Contains).Distinct()];
        }

        public PatternGroup Group { get; }

        public string Staff => person.Staff;

        public List<PatternSlot> Given { get; } = [];

        /// <summary>Who comes first for a slot.</summary>
        public static IComparer<Line> For(PatternSlot slot) => Comparer<Line>.Create((a, b) => KeyOf(a, slot).CompareTo(KeyOf(b, slot)));

        private static (int, int, int, Instant, int) KeyOf(Line line, PatternSlot slot) => (
            line.Given.Count, slot.AfterHours ? line.Given.Count(s => s.AfterHours) : 0, line.IsTurnTo(slot) ? 0 : 1,
            slot.AfterHours ? line.Given.LastOrDefault(s => s.AfterHours)?.Hours.Start ?? line.person.LastAfterHours ?? Instant.MinValue : Instant.MinValue, line.order);

        public bool Takes(PatternSlot slot) => Group.Shifts.Contains(slot.Shift);

        public void Give(PatternSlot slot)
        {
            var at = Given.FindIndex(s => s.Hours.Start > slot.Hours.Start);
            Given.Insert(at < 0 ? Given.Count : at, slot);
        }

        public void Take(PatternSlot slot) => Given.Remove(slot);

        /// <summary>What speaks against giving them the slot; null for nothing.</summary>
        /// <param name="slot">The slot.</param>
        /// <param name="spread">Keeps their days off spread over the month.</param>
        public WhyNot? Against(PatternSlot slot, bool spread)
        {
            if (person.Leave.Any(l => l.Overlaps(slot.Hours))) return WhyNot.OnLeave;
            var shifts = person.Busy.Concat(Given.Select(s => s.Hours)).ToArray();
            if (shifts.Any(s => s.Overlaps(slot.Hours)) || elsewhere.Contains(slot.Date) || Given.Any(s => s.Date == slot.Date)) return WhyNot.OnDuty;
            if (!shifts.All(s => DutyRule.LeavesRest(s, slot.Hours, rules.Rest))) return WhyNot.Resting;
            var allowed = spread ? Math.Min(most, (slot.Date.Day * most + order * days / Group.People.Count) / days) : most;
            return elsewhere.Length + Given.Count >= allowed ? WhyNot.DayOff : null;
        }

        private bool IsTurnTo(PatternSlot slot)
        {
            var last = Given.LastOrDefault(s => s.Hours.Start < slot.Hours.Start)?.Shift ?? person.LastShift;
            var at = last is null ? -1 : Group.Shifts.ToList().IndexOf(last);
            return at < 0 || Group.Shifts[(at + 1) % Group.Shifts.Count] == slot.Shift;
        }

        private bool IsOnLeaveAllDay(LocalDate date)
        {
            var (start, end) = (rules.Zone.AtStartOfDay(date).ToInstant(), rules.Zone.AtStartOfDay(date.PlusDays(1)).ToInstant());
            return person.Leave.Any(l => l.Start <= start && l.End >= end);
        }
    }
}
