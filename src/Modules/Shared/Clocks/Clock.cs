using Crm.Shared.Data;
using Crm.Shared.Time;
using NodaTime;

namespace Crm.Shared.Clocks;

/// <summary>How a clock stands at a given instant; derived, so that it is right even while no job runs.</summary>
public enum ClockState
{
    /// <summary>Running, with most of its time left.</summary>
    Running,

    /// <summary>Running, and its warning instant has come.</summary>
    Warned,

    /// <summary>Past due: still running, or ended without the act it asked for.</summary>
    Breached,

    /// <summary>The act came at or before the due instant.</summary>
    Met,

    /// <summary>The act came, after the due instant. It remains breached in every count.</summary>
    MetLate,

    /// <summary>The matter it belonged to fell away.</summary>
    Cancelled,
}

/// <summary>Why a clock ended.</summary>
public enum ClockEnd
{
    /// <summary>By the act it asked for.</summary>
    Met,

    /// <summary>With the matter it belonged to, its act not done and its due instant past.</summary>
    Unmet,

    /// <summary>By withdrawal, or because it no longer applies.</summary>
    Cancelled,
}

/// <summary>The two instants of a clock at which something happens by itself.</summary>
public enum Rung
{
    /// <summary>Part of the budget (policy, 75 %) is used up.</summary>
    Warn,

    /// <summary>The due instant has passed.</summary>
    Breach,
}

/// <summary>What a clock is set to when it starts.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="StartedAt">The instant the rule names.</param>
/// <param name="Budget">The time given.</param>
/// <param name="WarnAt">The part of the budget after which it warns, in percent.</param>
/// <param name="Policy">The policy value's name.</param>
/// <param name="PolicyVersion">The version of the value it was computed from.</param>
/// <param name="Consumed">Time an earlier clock of this kind in the same cycle had used up.</param>
/// <param name="Rung">The last rung that earlier clock had come to: it does not happen again in the cycle.</param>
public sealed record ClockSetting(
    string Kind, Instant StartedAt, Duration Budget, int WarnAt, string Policy, int PolicyVersion, Duration Consumed = default, Rung? Rung = null)
{
    /// <summary>The time as the policy gives it: <c>PT24H</c>, or <c>3 working days</c>, of which <see cref="Budget"/> is what they came to.</summary>
    public string Given { get; init; } = IsoDuration.Format(Budget);

    /// <summary>ORG-07: the working calendar it was counted by may still change.</summary>
    public bool IsProvisional { get; init; }

    /// <summary>The last instant in time.</summary>
    public Instant DueAt => Microseconds.Truncate(StartedAt + (Budget - Consumed));

    /// <summary>When it warns.</summary>
    public Instant WarnsAt => Microseconds.Truncate(StartedAt + (Budget * WarnAt / 100 - Consumed));
}

/// <summary>
/// One running deadline of one subject. An act at the due instant is in time; one microsecond later is a breach. Each rung happens once
/// and is dated at its own instant, also when it is written later. See docs/domain/clocks.md.
/// </summary>
public sealed class Clock
{
    private readonly List<ClockRung> rungs = [];

    /// <summary>Starts a clock.</summary>
    public Clock(Guid subjectId, string project, int cycle, ClockSetting setting)
    {
        (SubjectId, Project, Cycle) = (subjectId, project, cycle);
        (Kind, StartedAt, Budget, Policy, PolicyVersion, Consumed) =
            (setting.Kind, setting.StartedAt, setting.Budget, setting.Policy, setting.PolicyVersion, setting.Consumed);
        (Given, IsProvisional, DueAt, WarnAt) = (setting.Given, setting.IsProvisional, setting.DueAt, setting.WarnsAt);
        NextRungAt = setting.Rung switch
        {
            null => WarnAt,
            Rung.Warn => DueAt + Microseconds.One,
            _ => null,
        };
    }

    private Clock() => (Project, Kind, Policy, Given) = ("", "", "", "");

    /// <summary>Identity.</summary>
    public Guid Id { get; private set; } = Ids.Next();

    /// <summary>The aggregate it belongs to.</summary>
    public Guid SubjectId { get; private set; }

    /// <summary>The aggregate's project.</summary>
    public string Project { get; private set; }

    /// <summary>The round of the subject it belongs to.</summary>
    public int Cycle { get; private set; }

    /// <summary>What it asks for.</summary>
    public string Kind { get; private set; }

    /// <summary>When it began to run.</summary>
    public Instant StartedAt { get; private set; }

    /// <summary>The time given, as the policy says it: <c>PT24H</c>, or <c>3 working days</c>.</summary>
    public string Given { get; private set; }

    /// <summary>ORG-07: the working calendar it was counted by may still change.</summary>
    public bool IsProvisional { get; private set; }

    /// <summary>The whole time given, as it came to around the clock.</summary>
    public Duration Budget { get; private set; }

    /// <summary>Time used up before it began to run, by an earlier clock of its kind.</summary>
    public Duration Consumed { get; private set; }

    /// <summary>When it warns.</summary>
    public Instant WarnAt { get; private set; }

    /// <summary>The last instant in time.</summary>
    public Instant DueAt { get; private set; }

    /// <summary>The next instant at which something happens by itself; null when nothing will. What the sweep's index is made of.</summary>
    public Instant? NextRungAt { get; private set; }

    /// <summary>When it ended; null while it runs.</summary>
    public Instant? EndedAt { get; private set; }

    /// <summary>How it ended; null while it runs.</summary>
    public ClockEnd? End { get; private set; }

    /// <summary>What ended it: the command or rule.</summary>
    public string? EndedBy { get; private set; }

    /// <summary>The policy value it was computed from.</summary>
    public string Policy { get; private set; }

    /// <summary>The version of that value.</summary>
    public int PolicyVersion { get; private set; }

    /// <summary>What has been written down so far.</summary>
    public IReadOnlyCollection<ClockRung> Rungs => rungs;

    /// <summary>True until something ends it.</summary>
    public bool IsRunning => EndedAt is null;

    /// <summary>How it stands at <paramref name="now"/>, whether or not a sweep has been there.</summary>
    public ClockState StateAt(Instant now) => End switch
    {
        ClockEnd.Met => EndedAt > DueAt ? ClockState.MetLate : ClockState.Met,
        ClockEnd.Unmet => ClockState.Breached,
        ClockEnd.Cancelled => ClockState.Cancelled,
        _ => now > DueAt ? ClockState.Breached : now >= WarnAt ? ClockState.Warned : ClockState.Running,
    };

    /// <summary>The last rung it had come to when it ended; whoever ends a clock lets it catch up first.</summary>
    public Rung? EndedPast => EndedAt > DueAt ? Rung.Breach : EndedAt >= WarnAt ? Rung.Warn : null;

    /// <summary>The percentage of its time after which it warns.</summary>
    public int WarnPercent => (int)Math.Round((WarnAt + Consumed - StartedAt) / Budget * 100);

    /// <summary>Time used up at <paramref name="now"/>.</summary>
    public Duration ElapsedAt(Instant now) => Consumed + ((EndedAt ?? now) - StartedAt);

    /// <summary>When it ran itself, up to <paramref name="now"/>; nothing of it, while its start is still to come.</summary>
    public Interval RanUntil(Instant now) => new(StartedAt, Instant.Max(StartedAt, EndedAt ?? now));

    /// <summary>The act it asks for was done.</summary>
    public void Meet(Instant at, string by) => Stop(at, ClockEnd.Met, by);

    /// <summary>Its matter is over: met where due has not passed, unmet where it has.</summary>
    public void Close(Instant at, string by) => Stop(at, at > DueAt ? ClockEnd.Unmet : ClockEnd.Met, by);

    /// <summary>Its own breach ends it: what it waited for has happened by itself. Dated at the due instant.</summary>
    public void Expire(string by) => Stop(DueAt, ClockEnd.Unmet, by);

    /// <summary>It no longer applies.</summary>
    public void Cancel(Instant at, string by) => Stop(at, ClockEnd.Cancelled, by);

    /// <summary>Writes down the next rung whose instant has come, or answers null when none has.</summary>
    /// <param name="now">Read after the row lock.</param>
    public ClockRung? Ring(Instant now)
    {
        if (!IsRunning || NextRungAt is not { } due || now < due) return null;
        var rung = due > DueAt
            ? new ClockRung(Id, Rung.Breach, at: DueAt, writtenAt: now)
            : new ClockRung(Id, Rung.Warn, at: WarnAt, writtenAt: now);
        rungs.Add(rung);
        NextRungAt = rung.Rung == Rung.Warn ? DueAt + Microseconds.One : null;
        return rung;
    }

    /// <summary>
    /// ORG-08: gives it the time that a new policy value or a corrected calendar gives. What is written down stays: a warning that has come does
    /// not come twice, and a due instant that has passed is not taken back.
    /// </summary>
    /// <returns>False when nothing can be moved any more: it has ended, or its due instant has passed.</returns>
    public bool Move(ClockSetting setting)
    {
        if (!IsRunning || NextRungAt is null) return false;
        var warns = NextRungAt == WarnAt;
        (Budget, Given, IsProvisional, Policy, PolicyVersion, DueAt, WarnAt) =
            (setting.Budget, setting.Given, setting.IsProvisional, setting.Policy, setting.PolicyVersion, setting.DueAt, setting.WarnsAt);
        NextRungAt = warns ? WarnAt : DueAt + Microseconds.One;
        return true;
    }

    private void Stop(Instant at, ClockEnd end, string by)
    {
        if (!IsRunning) return;
        (EndedAt, End, EndedBy, NextRungAt) = (at, end, by, null);
    }
}

/// <summary>A warning or a breach, written once. Append-only; its key (clock, rung) is what makes "once" true.</summary>
public sealed class ClockRung
{
    /// <summary>Written more than this after its instant, a rung is late: the system was down, not merely between two sweeps.</summary>
    public static readonly Duration Punctual = Duration.FromMinutes(1);

    internal ClockRung(Guid clockId, Rung rung, Instant at, Instant writtenAt) =>
        (ClockId, Rung, At, WrittenAt, Late) = (clockId, rung, at, writtenAt, writtenAt - at > Punctual);

    private ClockRung()
    {
    }

    /// <summary>The clock.</summary>
    public Guid ClockId { get; private set; }

    /// <summary>Which of the two.</summary>
    public Rung Rung { get; private set; }

    /// <summary>The instant it is dated at: the warning or due instant.</summary>
    public Instant At { get; private set; }

    /// <summary>The domain instant at which it was recorded.</summary>
    public Instant WrittenAt { get; private set; }

    /// <summary>True when it was recorded too late for anybody to have acted on it in time.</summary>
    public bool Late { get; private set; }
}
