using Crm.FollowUps.Contracts;
using Crm.Shared.Clocks;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.FollowUps;

/// <summary>What is to be followed up.</summary>
/// <param name="Id">The case.</param>
/// <param name="Number">Its people-facing number.</param>
/// <param name="Cycle">The cycle of the case that was resolved.</param>
/// <param name="Project">Its project.</param>
/// <param name="Major">True for a major complaint.</param>
/// <param name="SettledAt">The resolution or completion: the window runs from here (FUP-02).</param>
/// <param name="SettledBy">The subject who resolved it: whose work the customer is asked about.</param>
/// <param name="Customer">ORG-16: the customer it is about; null while the directory has not told.</param>
internal sealed record Origin(Guid Id, string Number, int Cycle, string Project, bool Major, Instant SettledAt, string? SettledBy = null, Guid? Customer = null);

/// <summary>A return visit or call: planned, made, or given up with the evidence.</summary>
internal sealed class FollowUp : Subject<VisitPolicies>, IHoldsRecordKey
{
    private readonly List<Visit> visits = [];
    private readonly List<PassedOn> passedOn = [];

    private FollowUp() => (Number, OriginNumber, Assignee) = ("", "", "");

    public string Number { get; private set; }

    public FollowUpKind Kind { get; private set; }

    public Guid OriginId { get; private set; }

    public string OriginNumber { get; private set; }

    public int OriginCycle { get; private set; }

    /// <summary>ORG-16: the customer of the case; null for somebody who left no phone, and until the directory has told.</summary>
    public Guid? CustomerId { get; private set; }

    /// <summary>FUP-08: the first, second, third … round on one matter.</summary>
    public int Round { get; private set; } = 1;

    public bool Major { get; private set; }

    /// <summary>ORG-14: whose work the customer is asked about; null where that was not reported.</summary>
    public string? SettledBy { get; private set; }

    /// <summary>FUP-04: the staff code of who is to make it.</summary>
    public string Assignee { get; private set; }

    public FollowUpState State { get; private set; }

    public Instant PlannedAt { get; private set; }

    public Instant DueAt { get; private set; }

    /// <summary>Attempts that count (FUP-07).</summary>
    public int AttemptCount { get; private set; }

    /// <summary>Before this instant another attempt that reaches nobody does not count.</summary>
    public Instant? NextAttemptAt { get; private set; }

    public Instant? EndedAt { get; private set; }

    public int? Satisfaction { get; private set; }

    /// <summary>ORG-12: the key of everything that was said in it, sealed; null before that, and once the customer was forgotten.</summary>
    [Personal(Datum.PersonKey, Guard.Sealed)]
    public byte[]? SealedKey { get; set; }

    /// <summary>ORG-12: when the customer was forgotten; null while they are not.</summary>
    public Instant? ErasedAt { get; private set; }

    public Guid RecordId => Id;

    public bool IsErased => ErasedAt is not null;

    public IReadOnlyCollection<Visit> Visits => visits;

    /// <summary>ORG-03: from whom to whom it has passed.</summary>
    public IReadOnlyCollection<PassedOn> PassedOn => passedOn;

    /// <summary>FUP-02: plans the follow-up; its window runs from the resolution, however late the news of it came.</summary>
    public static FollowUp Plan(Origin origin, FollowUpKind kind, string number, string assignee, Moment moment)
    {
        var followUp = new FollowUp
        {
            Number = number, Project = origin.Project, Kind = kind, OriginId = origin.Id, OriginNumber = origin.Number, OriginCycle = origin.Cycle,
            Major = origin.Major, SettledBy = origin.SettledBy, CustomerId = origin.Customer, Assignee = assignee, PlannedAt = moment.Now,
        };
        followUp.DueAt = followUp.StartClock(origin.Cycle, moment.Policies.Due(kind, from: origin.SettledAt)).DueAt;
        followUp.Raise(new FollowUpPlanned(assignee, followUp.DueAt)
        {
            OccurredAt = moment.Now, FollowUpId = followUp.Id, Number = number, Project = origin.Project, OriginId = origin.Id, OriginCycle = origin.Cycle,
        });
        followUp.CatchUp(moment);
        return followUp;
    }

    /// <summary>FUP-06, FUP-07, FUP-10: what came of an attempt.</summary>
    public void Record(VisitOutcome outcome, Moment moment)
    {
        if (State != FollowUpState.Planned)
            throw new BrokenRule("FUP-06", new Text($"The follow-up is {State.ToWire()}: its outcome is recorded already.", $"该回访已处于 {State.ToWire()} 状态，结果不可重复登记。"));

        if (outcome.Reached) Complete(outcome, moment);
        else CountAttempt(outcome, moment);
        Touch();
    }

    /// <summary>ORG-03: who was to make it has left; it is their successor's from now on.</summary>
    public void PassOn(string heir, Moment moment)
    {
        passedOn.Add(new PassedOn { FollowUpId = Id, At = moment.Now, By = moment.By, From = Assignee, To = heir, Reason = $"{Assignee} has left. {Assignee} 已离职。" });
        Assignee = heir;
        Touch();
    }

    /// <summary>The matter was reopened: asking about the old result is pointless.</summary>
    public void Cancel(Moment moment)
    {
        if (State != FollowUpState.Planned) return;
        foreach (var clock in RunningClocks) clock.Cancel(moment.Now, "reopening");
        (State, EndedAt, NextAttemptAt) = (FollowUpState.Cancelled, moment.Now, null);
        Touch();
    }

    /// <summary>ORG-12: the customer was forgotten. Who cannot be called any more is not waited for.</summary>
    public void Erase(Moment moment)
    {
        Cancel(moment);
        (SealedKey, ErasedAt) = (null, moment.Now);
        Touch();
    }

    /// <inheritdoc/>
    public override void CatchUp(Moment moment)
    {
        while (RingNext(moment.Now) is var (clock, rung))
        {
            if (clock.Kind != FollowUpClock.Due.ToWire()) continue;
            FollowUpEvent comes = rung.Rung == Rung.Warn
                ? new FollowUpDueSoon(Assignee, clock.DueAt, rung.Late) { OccurredAt = rung.At, FollowUpId = Id, Number = Number, Project = Project, OriginId = OriginId, OriginCycle = OriginCycle }
                : new FollowUpOverdue(Assignee, clock.DueAt, rung.Late) { OccurredAt = rung.At, FollowUpId = Id, Number = Number, Project = Project, OriginId = OriginId, OriginCycle = OriginCycle };
            Raise(comes);
        }
    }

    /// <inheritdoc/>
    protected override void Moved(Clock clock, PlannedMove move, Moment moment)
    {
        if (clock.Kind == FollowUpClock.Due.ToWire()) DueAt = clock.DueAt;
        Touch();
    }

    private void Complete(VisitOutcome outcome, Moment moment)
    {
        visits.Add(new Visit(Id, outcome, counted: true, moment));
        AttemptCount++;
        Running(FollowUpClock.Retry)?.Meet(moment.Now, "outcome");
        Running(FollowUpClock.Due)?.Meet(moment.Now, "outcome");
        (State, EndedAt, NextAttemptAt, Satisfaction) = (FollowUpState.Completed, moment.Now, null, outcome.Satisfaction);
        RaiseCompleted(outcome, moment);
        if (outcome.Satisfaction <= moment.Policies.DissatisfiedAt || outcome.Qualified is false)
        {
            Raise(new FollowUpDissatisfied(outcome.Satisfaction!.Value, Qualified: outcome.Qualified is not false)
            {
                OccurredAt = moment.Now, FollowUpId = Id, Number = Number, Project = Project, OriginId = OriginId, OriginCycle = OriginCycle,
            });
        }
    }

    private void CountAttempt(VisitOutcome outcome, Moment moment)
    {
        var (policy, zone) = (moment.Policies.Attempts, moment.Policies.Zone);
        var counted = CallingHours.Include(moment.Now, policy, zone) && (NextAttemptAt is null || moment.Now >= NextAttemptAt);
        visits.Add(new Visit(Id, outcome, counted, moment));
        // An attempt that does not count leaves the next one wanted as it was.
        if (!counted && NextAttemptAt is not null) return;
        Running(FollowUpClock.Retry)?.Meet(moment.Now, "outcome");
        if (counted) AttemptCount++;
        if (AttemptCount >= policy.Count)
        {
            Running(FollowUpClock.Due)?.Meet(moment.Now, "unreachable");
            (State, EndedAt, NextAttemptAt) = (FollowUpState.Unreachable, moment.Now, null);
            RaiseCompleted(outcome, moment);
            return;
        }

        var (opens, due) = CallingHours.NextAttempt(moment.Now, policy, zone);
        NextAttemptAt = opens;
        StartClock(OriginCycle, moment.Policies.Retry(opens, due));
    }

    private void RaiseCompleted(VisitOutcome outcome, Moment moment) => Raise(new FollowUpCompleted(outcome.Reached, outcome.Satisfaction, moment.By)
    {
        OccurredAt = moment.Now, FollowUpId = Id, Number = Number, Project = Project, OriginId = OriginId, OriginCycle = OriginCycle,
    });

    private Clock? Running(FollowUpClock kind) => RunningClocks.SingleOrDefault(c => c.Kind == kind.ToWire());
}
