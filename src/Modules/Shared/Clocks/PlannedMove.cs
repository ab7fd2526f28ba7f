using NodaTime;

namespace Crm.Shared.Clocks;

/// <summary>What became of a deadline that a previewed change was to move.</summary>
public enum MoveOutcome
{
    /// <summary>Moved as previewed.</summary>
    Moved,

    /// <summary>Left alone: it had ended before.</summary>
    Ended,

    /// <summary>Left alone: its due instant had passed before, which nothing takes back.</summary>
    Passed,

    /// <summary>Left alone: something else had moved it since the preview.</summary>
    Changed,
}

/// <summary>
/// ORG-08: one running deadline that a previewed change would move, and to where. It is moved when the preview is applied: exactly those that
/// were previewed, each at most once.
/// </summary>
public sealed class PlannedMove
{
    /// <summary>The event by which a module hears that its planned moves are to be made.</summary>
    public const string Release = "PreviewApplied";

    /// <summary>Plans a move.</summary>
    /// <param name="preview">The preview it belongs to.</param>
    /// <param name="clock">The deadline as it stands.</param>
    /// <param name="setting">How the change would set it.</param>
    public PlannedMove(Guid preview, Clock clock, ClockSetting setting)
    {
        (PreviewId, ClockId, SubjectId, Project, Kind, DueAt, WarnAt) = (preview, clock.Id, clock.SubjectId, clock.Project, clock.Kind, clock.DueAt, clock.WarnAt);
        (Policy, PolicyVersion, Given, IsProvisional, Budget, WarnPercent, NewDueAt, NewWarnAt) =
            (setting.Policy, setting.PolicyVersion, setting.Given, setting.IsProvisional, setting.Budget, setting.WarnAt, setting.DueAt, setting.WarnsAt);
    }

    private PlannedMove() => (Project, Kind, Policy, Given) = ("", "", "", "");

    /// <summary>The preview.</summary>
    public Guid PreviewId { get; private set; }

    /// <summary>The deadline.</summary>
    public Guid ClockId { get; private set; }

    /// <summary>What it belongs to.</summary>
    public Guid SubjectId { get; private set; }

    /// <summary>The project.</summary>
    public string Project { get; private set; }

    /// <summary>What the deadline asks for.</summary>
    public string Kind { get; private set; }

    /// <summary>The policy value it is computed from.</summary>
    public string Policy { get; private set; }

    /// <summary>The version of that value after the change.</summary>
    public int PolicyVersion { get; private set; }

    /// <summary>The time given after the change, as the policy says it.</summary>
    public string Given { get; private set; }

    /// <summary>The working calendar it is counted by may still change.</summary>
    public bool IsProvisional { get; private set; }

    /// <summary>The whole time given after the change.</summary>
    public Duration Budget { get; private set; }

    /// <summary>The percentage of it after which the deadline warns.</summary>
    public int WarnPercent { get; private set; }

    /// <summary>Due when it was previewed.</summary>
    public Instant DueAt { get; private set; }

    /// <summary>Warning when it was previewed.</summary>
    public Instant WarnAt { get; private set; }

    /// <summary>Due after the change.</summary>
    public Instant NewDueAt { get; private set; }

    /// <summary>Warning after the change.</summary>
    public Instant NewWarnAt { get; private set; }

    /// <summary>When this module was told that the preview was applied; null while it was not.</summary>
    public Instant? ReleasedAt { get; private set; }

    /// <summary>Who applied it.</summary>
    public string? ReleasedBy { get; private set; }

    /// <summary>What became of it; null while that is open.</summary>
    public MoveOutcome? Outcome { get; private set; }

    /// <summary>When that was.</summary>
    public Instant? DoneAt { get; private set; }

    /// <summary>How the deadline is set by it.</summary>
    public ClockSetting Setting(Clock clock) =>
        new(Kind, clock.StartedAt, Budget, WarnPercent, Policy, PolicyVersion, clock.Consumed) { Given = Given, IsProvisional = IsProvisional };

    /// <summary>Writes down what became of it.</summary>
    public void Done(MoveOutcome outcome, Instant at) => (Outcome, DoneAt) = (outcome, at);
}
