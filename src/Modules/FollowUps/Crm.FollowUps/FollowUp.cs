using Crm.FollowUps.Contracts;
using Crm.Shared.Clocks;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using NodaTime;

namespace Crm.FollowUps;

/// <summary>Who acts, when, and by which numbers. <see cref="Now"/> was read after the row lock.</summary>
internal sealed record Moment(Instant Now, string By, VisitPolicies Policies);

/// <summary>What is to be followed up.</summary>
/// <param name="Id">The case.</param>
/// <param name="Number">Its people-facing number.</param>
/// <param name="Cycle">The cycle of the case that was resolved.</param>
/// <param name="Project">Its project.</param>
/// <param name="Major">True for a major complaint.</param>
/// <param name="SettledAt">The resolution or completion: the window runs from here (FUP-02).</param>
internal sealed record Origin(Guid Id, string Number, int Cycle, string Project, bool Major, Instant SettledAt);

/// <summary>A return visit or call: planned, made, or given up with the evidence.</summary>
internal sealed class FollowUp : Aggregate
{
    private readonly List<Clock> clocks = [];
    private readonly List<Visit> visits = [];

    private FollowUp() => (Number, Project, OriginNumber, Assignee) = ("", "", "", "");

    public string Number { get; private set; }

    public string Project { get; private set; }

    public FollowUpKind Kind { get; private set; }

    public Guid OriginId { get; private set; }

    public string OriginNumber { get; private set; }

    public int OriginCycle { get; private set; }

    /// <summary>FUP-08: the first, second, third … round on one matter.</summary>
    public int Round { get; private set; } = 1;

    public bool Major { get; private set; }

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

    public IReadOnlyCollection<Clock> Clocks => clocks;

    public IReadOnlyCollection<Visit> Visits => visits;

    /// <summary>FUP-02: plans the follow-up; its window runs from the resolution, however late the news of it came.</summary>
    public static FollowUp Plan(Origin origin, FollowUpKind kind, string number, string assignee, Moment moment)
    {
        var followUp = new FollowUp
        {
            Number = number, Project = origin.Project, Kind = kind, OriginId = origin.Id, OriginNumber = origin.Number, OriginCycle = origin.Cycle,
            Major = origin.Major, Assignee = assignee, PlannedAt = moment.Now,
        };
        var due = new Clock(followUp.Id, origin.Project, origin.Cycle, moment.Policies.Due(kind, from: origin.SettledAt));
        followUp.clocks.Add(due);
        followUp.DueAt = due.DueAt;
        followUp.Raise(new FollowUpPlanned(assignee, due.DueAt)
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

    /// <summary>The matter was reopened: asking about the old result is pointless.</summary>
    public void Cancel(Moment moment)
    {
        if (State != FollowUpState.Planned) return;
        foreach (var clock in clocks.Where(c => c.IsRunning)) clock.Cancel(moment.Now, "reopening");
        (State, EndedAt, NextAttemptAt) = (FollowUpState.Cancelled, moment.Now, null);
        Touch();
    }

    /// <summary>Writes down every warning and breach that has come by now.</summary>
    public void CatchUp(Moment moment)
    {
        while (clocks.Where(c => c.IsRunning && c.NextRungAt <= moment.Now).MinBy(c => c.NextRungAt) is { } clock)
        {
            var rung = clock.Ring(moment.Now)!;
            if (rung.Rung == Rung.Breach && clock.Kind == FollowUpClock.Due.ToWire())
            {
                Raise(new FollowUpOverdue(Assignee, clock.DueAt, rung.Late)
                {
                    OccurredAt = rung.At, FollowUpId = Id, Number = Number, Project = Project, OriginId = OriginId, OriginCycle = OriginCycle,
                });
            }
        }
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
        clocks.Add(new Clock(Id, Project, OriginCycle, moment.Policies.Retry(opens, due)));
    }

    private void RaiseCompleted(VisitOutcome outcome, Moment moment) => Raise(new FollowUpCompleted(outcome.Reached, outcome.Satisfaction, moment.By)
    {
        OccurredAt = moment.Now, FollowUpId = Id, Number = Number, Project = Project, OriginId = OriginId, OriginCycle = OriginCycle,
    });

    private Clock? Running(FollowUpClock kind) => clocks.SingleOrDefault(c => c.IsRunning && c.Kind == kind.ToWire());
}
