using NodaTime;

namespace Crm.Organization.Violations;

/// <summary>ORG-13: an offence as far as counting goes.</summary>
/// <param name="At">When it was done.</param>
/// <param name="Counts">False once it was overturned.</param>
internal readonly record struct Offence(Instant At, bool Counts);

/// <summary>ORG-13: which offence of its kind a violation is, and what that leads to.</summary>
/// <param name="Rungs">The sanctions of the first offence, the second, and so on; those of the last are also those of every later one.</param>
/// <param name="WindowMonths">Offences within so many calendar months of each other count; null for all.</param>
internal sealed record Ladder(IReadOnlyList<IReadOnlyList<Sanction>> Rungs, int? WindowMonths)
{
    /// <summary>
    /// The number of an offence: one more than the standing ones that were recorded before it and lie within the window of it. What counts is in
    /// which order they were recorded, not in which they were done: a sanction that somebody has been told is never raised by a later discovery.
    /// </summary>
    /// <param name="at">When it was done.</param>
    /// <param name="before">Everything of the same kind that was recorded before it against the same person.</param>
    /// <param name="zone">The months are counted in this zone, the project's.</param>
    public int NumberOf(Instant at, IEnumerable<Offence> before, DateTimeZone zone) => 1 + before.Count(o => o.Counts && AreNear(o.At, at, zone));

    /// <summary>What the n-th offence leads to.</summary>
    public IReadOnlyList<Sanction> SanctionsOf(int number) => Rungs[Math.Min(number, Rungs.Count) - 1];

    /// <summary>Exactly so many months apart is still within the window; a microsecond more is not.</summary>
    private bool AreNear(Instant one, Instant other, DateTimeZone zone)
    {
        if (WindowMonths is not { } months) return true;
        var (earlier, later) = (Instant.Min(one, other), Instant.Max(one, other));
        return later <= zone.AtLeniently(earlier.InZone(zone).LocalDateTime.PlusMonths(months)).ToInstant();
    }
}
