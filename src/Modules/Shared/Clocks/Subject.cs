using Crm.Shared.Data;
using NodaTime;

namespace Crm.Shared.Clocks;

/// <summary>Who acts, when, and by which numbers.</summary>
/// <typeparam name="TPolicies">The numbers a module's rules use, as they stand for one project at this instant.</typeparam>
/// <param name="Now">Read after the row lock.</param>
/// <param name="By">The caller's subject, or <c>rule:</c> and the id of the rule that acts by itself.</param>
/// <param name="Policies">The project's numbers at that instant.</param>
public sealed record Moment<TPolicies>(Instant Now, string By, TPolicies Policies);

/// <summary>What belongs to one project and has deadlines: a case, a follow-up.</summary>
public abstract class Subject : Aggregate
{
    private readonly List<Clock> clocks = [];

    /// <summary>The code of its project: who may see it is decided by this.</summary>
    public string Project { get; protected init; } = "";

    /// <summary>Its deadlines, ended ones included.</summary>
    public IReadOnlyCollection<Clock> Clocks => clocks;

    /// <summary>Those that nothing has ended yet.</summary>
    protected IEnumerable<Clock> RunningClocks => clocks.Where(c => c.IsRunning);

    /// <summary>Starts a deadline.</summary>
    protected Clock StartClock(int cycle, ClockSetting setting)
    {
        var clock = new Clock(Id, Project, cycle, setting);
        clocks.Add(clock);
        return clock;
    }

    /// <summary>Writes down the earliest warning or breach that has come and is not written yet; null when all are.</summary>
    protected (Clock Clock, ClockRung Rung)? RingNext(Instant now) =>
        RunningClocks.Where(c => c.NextRungAt <= now).MinBy(c => c.NextRungAt) is { } clock ? (clock, clock.Ring(now)!) : null;
}

/// <summary>A subject whose rules use the numbers <typeparamref name="TPolicies"/>.</summary>
public abstract class Subject<TPolicies> : Subject
{
    /// <summary>Writes down, in the order of their instants, every warning and breach that has come by now, with what follows from it.</summary>
    public abstract void CatchUp(Moment<TPolicies> moment);

    /// <summary>ORG-08: moves one deadline as it was previewed, or not at all. Whatever time has decided by now is written down first.</summary>
    public MoveOutcome Move(PlannedMove move, Moment<TPolicies> moment)
    {
        CatchUp(moment);
        if (RunningClocks.SingleOrDefault(c => c.Id == move.ClockId) is not { } clock) return MoveOutcome.Ended;
        if (clock.DueAt != move.DueAt || clock.WarnAt != move.WarnAt) return MoveOutcome.Changed;
        if (!clock.Move(move.Setting(clock))) return MoveOutcome.Passed;
        Moved(clock, move, moment);
        CatchUp(moment);
        return MoveOutcome.Moved;
    }

    /// <summary>What else follows when one of its deadlines was moved: a line in its history, and what is read from the deadline.</summary>
    protected abstract void Moved(Clock clock, PlannedMove move, Moment<TPolicies> moment);
}
