using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization;

/// <summary>What a previewed change is about.</summary>
internal enum ChangeKind
{
    /// <summary>ORG-08: a project's policy value.</summary>
    Policy,

    /// <summary>ORG-07: the working calendar.</summary>
    Calendar,
}

/// <summary>What a change was worked out from; when that is no longer so, its preview is stale.</summary>
/// <param name="PolicyVersion">The project's last version of the policy value; 0 for none, and for a change of the calendar.</param>
/// <param name="CalendarVersion">How many corrections the calendar had.</param>
internal sealed record ChangeBasis(int PolicyVersion, int CalendarVersion);

/// <summary>
/// ORG-08: a change somebody has seen the effect of: which running deadlines it would move, each module keeping its own list. Applied, it moves
/// exactly those; or none, when it shall count for new deadlines only.
/// </summary>
internal sealed class ChangePreview : Aggregate
{
    /// <summary>For so long it may be applied. What it names grows old: deadlines end, and new ones start by the value of their own moment.</summary>
    public static readonly Duration Validity = Duration.FromHours(1);

    private ChangePreview() => (Change, MadeBy) = ("", "");

    public ChangePreview(ChangeKind kind, string? project, string change, ChangeBasis basis, string madeBy, Instant madeAt)
    {
        (Kind, Project, Change, MadeBy, MadeAt) = (kind, project, change, madeBy, madeAt);
        (BasisPolicyVersion, BasisCalendarVersion) = (basis.PolicyVersion, basis.CalendarVersion);
    }

    public ChangeKind Kind { get; private set; }

    /// <summary>Null: everywhere.</summary>
    public string? Project { get; private set; }

    /// <summary>The change itself as JSON: a <see cref="PolicyProposal"/> or a <see cref="Calendar.CalendarCorrection"/>.</summary>
    public string Change { get; private set; }

    public int BasisPolicyVersion { get; private set; }

    public int BasisCalendarVersion { get; private set; }

    public string MadeBy { get; private set; }

    public Instant MadeAt { get; private set; }

    /// <summary>How many running deadlines it names.</summary>
    public int Deadlines { get; private set; }

    public Instant? AppliedAt { get; private set; }

    public string? AppliedBy { get; private set; }

    [Personal(Datum.Reason, Guard.Plain)]
    public string? Reason { get; private set; }

    /// <summary>Whether the application moved the deadlines; null before it.</summary>
    public bool? MovedDeadlines { get; private set; }

    /// <summary>After this instant it can no longer be applied.</summary>
    public Instant ExpiresAt => MadeAt + Validity;

    /// <summary>The modules have worked out what it would move.</summary>
    public void Names(int deadlines) => Deadlines = deadlines;

    /// <summary>ORG-08: puts the change into force; refused when it was before, or when it no longer says what would happen.</summary>
    public void Apply(bool moveDeadlines, string reason, ChangeBasis current, string by, Instant now)
    {
        if (AppliedAt is { } before)
            throw new BrokenRule("ORG-08", new Text($"This preview was applied at {before}.", $"该预览已于 {before} 应用。"));
        if (now > ExpiresAt || current != new ChangeBasis(BasisPolicyVersion, BasisCalendarVersion))
        {
            throw new BrokenRule("ORG-08", new Text(
                "This preview is stale: it is more than an hour old, or the value or the calendar has changed since. Make a new one.", "该预览已过期：已超过一小时，或其间参数或日历已变更。请重新预览。"), "preview");
        }

        (AppliedAt, AppliedBy, Reason, MovedDeadlines) = (now, by, reason, moveDeadlines);
        if (moveDeadlines) Raise(new PreviewApplied(Id, by) { OccurredAt = now });
        Touch();
    }
}
