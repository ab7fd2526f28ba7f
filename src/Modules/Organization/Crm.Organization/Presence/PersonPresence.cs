using Crm.Organization.Contracts;
using NodaTime;

namespace Crm.Organization.Presence;

/// <summary>ORG-04: what somebody says they are doing, and where.</summary>
/// <param name="State">What they are doing.</param>
/// <param name="Reason">Why they are away; null in other states.</param>
/// <param name="Project">Where; null for the whole group, such as its call centre.</param>
internal sealed record PresenceReport(PresenceState State, AwayReason? Reason, string? Project);

/// <summary>ORG-04: how somebody's presence stands at one instant.</summary>
/// <param name="State">What they are doing.</param>
/// <param name="Reason">Why they are away; null in other states.</param>
/// <param name="Project">Where, or where they were last.</param>
/// <param name="Since">Since when.</param>
/// <param name="ByRule">True when they did not say so: a rule has set them off.</param>
internal sealed record PresenceNow(PresenceState State, AwayReason? Reason, string? Project, Instant Since, bool ByRule);

/// <summary>
/// ORG-04: somebody's presence as it was last written. Changed under their row lock. When a rule sets them off is known beforehand, so that
/// every reader sees it from that instant on; it is written down with the next change, dated at its instant.
/// </summary>
internal sealed class PersonPresence
{
    private const string Rule = "rule:ORG-04";

    public required string Staff { get; init; }

    public PresenceState State { get; private set; }

    public AwayReason? Reason { get; private set; }

    /// <summary>Where; of somebody who is off, where they were.</summary>
    public string? Project { get; private set; }

    public Instant Since { get; private set; }

    /// <summary>The last sign of life: when they last said anything here.</summary>
    public Instant SeenAt { get; private set; }

    /// <summary>From this instant on a rule has set them off; null while they are off.</summary>
    public Instant? OffAt { get; private set; }

    /// <summary>The number of their last change, from 1; 0 before the first.</summary>
    public int Changes { get; private set; }

    /// <summary>How it stands at <paramref name="now"/>, whether or not anybody has written down what a rule did.</summary>
    public PresenceNow At(Instant now) => OffAt <= now ? new(PresenceState.Off, null, Project, OffAt.Value, ByRule: true) : new(State, Reason, Project, Since, ByRule: false);

    /// <summary>
    /// They say what they are doing. Saying the same again is a sign of life and begins nothing new. Time does not go back: on a host whose
    /// clock is behind, the instant of the last sign counts.
    /// </summary>
    /// <returns>What goes into their history, in its order: one interval ends where the next begins.</returns>
    public IReadOnlyList<PresenceChange> Say(PresenceReport report, PresenceLimits limits, DateTimeZone zone, Instant now, string by)
    {
        var (changes, at) = (new List<PresenceChange>(), Changes == 0 ? now : Instant.Max(now, SeenAt));
        if (OffAt <= at) changes.Add(Change(new(PresenceState.Off, Reason: null, Project), OffAt.Value, Rule));
        if (Changes == 0 || report != new PresenceReport(State, Reason, Project)) changes.Add(Change(report, at, by));
        (SeenAt, OffAt) = (at, State == PresenceState.Off ? null : limits.OffAt(at, zone));
        return changes;
    }

    private PresenceChange Change(PresenceReport to, Instant at, string by)
    {
        (State, Reason, Project) = to;
        (Since, OffAt, Changes) = (at, null, Changes + 1);
        return new PresenceChange { Staff = Staff, Number = Changes, State = to.State, Reason = to.Reason, Project = to.Project, At = at, By = by };
    }
}

/// <summary>
/// ORG-04: one change of somebody's presence. Append-only; its key makes the changes of a person one row after the other, so that what lies
/// between two of them is one interval, and the one after the last is the only one open.
/// </summary>
internal sealed class PresenceChange
{
    public required string Staff { get; init; }

    /// <summary>From 1, without gaps.</summary>
    public required int Number { get; init; }

    public required PresenceState State { get; init; }

    public AwayReason? Reason { get; init; }

    public string? Project { get; init; }

    public required Instant At { get; init; }

    /// <summary>Who said so: a subject, or "rule:" and the rule's id.</summary>
    public required string By { get; init; }
}
