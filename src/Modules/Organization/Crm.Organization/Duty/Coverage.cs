using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: hours of a shift in which fewer people are there than are needed.</summary>
/// <param name="From">The first instant.</param>
/// <param name="Until">From this instant on there are enough again, or the shift is over.</param>
/// <param name="Needed">How many are needed.</param>
/// <param name="Present">How many are there: fewer.</param>
internal sealed record Gap(Instant From, Instant Until, int Needed, int Present)
{
    /// <summary>How many are missing.</summary>
    public int Missing => Needed - Present;
}

/// <summary>ORG-04: who is there when. Intervals hold their beginning and not their end.</summary>
internal static class Coverage
{
    /// <summary>The hours in which too few are there, in order; what lies side by side with as many missing is one.</summary>
    /// <param name="hours">The shift.</param>
    /// <param name="needed">How many it needs.</param>
    /// <param name="present">When each of its people is there.</param>
    public static IReadOnlyList<Gap> Gaps(Interval hours, int needed, IEnumerable<Interval> present)
    {
        Interval[] there = [.. present.Where(p => p.Start < p.End)];
        Instant[] edges = [.. there.SelectMany(p => new[] { p.Start, p.End }).Append(hours.Start).Append(hours.End).Where(i => i >= hours.Start && i <= hours.End).Distinct().Order()];
        var gaps = new List<Gap>();
        foreach (var (from, until) in edges.Zip(edges.Skip(1)))
        {
            var count = there.Count(p => p.Start <= from && p.End >= until);
            if (count >= needed) continue;
            if (gaps.Count > 0 && gaps[^1].Until == from && gaps[^1].Present == count) gaps[^1] = gaps[^1] with { Until = until };
            else gaps.Add(new Gap(from, until, needed, count));
        }

        return gaps;
    }

    /// <summary>What is left of a stretch of time when others are taken out of it.</summary>
    public static IEnumerable<Interval> Without(this Interval whole, IEnumerable<Interval> taken)
    {
        var from = whole.Start;
        foreach (var gone in taken.Where(t => t.Overlaps(whole)).OrderBy(t => t.Start))
        {
            if (gone.Start > from) yield return new Interval(from, gone.Start);
            if (gone.End > from) from = gone.End;
        }

        if (from < whole.End) yield return new Interval(from, whole.End);
    }

    /// <summary>True when they have an instant in common. What is empty has none with anything.</summary>
    public static bool Overlaps(this Interval one, Interval other) => one.Start < other.End && other.Start < one.End && one.Start < one.End && other.Start < other.End;

    /// <summary>Person-time that is missing in these gaps.</summary>
    public static Duration MissingTime(this IEnumerable<Gap> gaps) => gaps.Aggregate(Duration.Zero, (sum, g) => sum + g.Missing * (g.Until - g.From));
}
