using Crm.Organization.Contracts;
using NodaTime;

namespace Crm.Organization.Presence;

/// <summary>ORG-04: what somebody did from one instant to another.</summary>
/// <param name="State">What they did.</param>
/// <param name="Reason">Why they were away; null in other states.</param>
/// <param name="Project">Where; null for the whole group.</param>
/// <param name="From">Its first instant.</param>
/// <param name="Until">Its end, which is the beginning of the next; null while it lasts.</param>
/// <param name="By">Who said so: a subject, or a rule.</param>
internal sealed record PresenceInterval(PresenceState State, AwayReason? Reason, string? Project, Instant From, Instant? Until, string By);

/// <summary>ORG-04: a person's history as intervals, with what a rule did and nobody has written down yet.</summary>
internal static class PresenceTimeline
{
    /// <summary>The intervals between these changes, oldest first.</summary>
    /// <param name="changes">Neighbours in the order of their numbers, up to the person's last one.</param>
    /// <param name="presence">How the person's presence was last written.</param>
    /// <param name="now">A rule that acts by then has acted.</param>
    public static IReadOnlyList<PresenceInterval> Of(IReadOnlyList<PresenceChange> changes, PersonPresence presence, Instant now)
    {
        var lapse = presence.At(now) is { ByRule: true } off ? off.Since : (Instant?)null;
        var intervals = changes.Select((c, i) => new PresenceInterval(c.State, c.Reason, c.Project, c.At, i + 1 < changes.Count ? changes[i + 1].At : lapse, c.By)).ToList();
        if (lapse is { } since && changes.Count > 0) intervals.Add(new(PresenceState.Off, Reason: null, presence.Project, since, Until: null, "rule:ORG-04"));
        return intervals;
    }

    /// <summary>ORG-06: how long somebody was in a state within a stretch of time, as far as it has come.</summary>
    public static Duration TimeIn(this IEnumerable<PresenceInterval> intervals, PresenceState state, Interval within, Instant now) => intervals.Where(i => i.State == state)
        .Select(i => Instant.Min(Instant.Min(i.Until ?? now, now), within.End) - Instant.Max(i.From, within.Start))
        .Aggregate(Duration.Zero, (sum, time) => sum + Duration.Max(time, Duration.Zero));
}
