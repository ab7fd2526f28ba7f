using NodaTime;

namespace Crm.Build.Replay;

/// <summary>
/// What one clock of a case must look like when all is over. <see cref="WarnedAt"/> and <see cref="BreachedAt"/> are null where it
/// ended before, <see cref="EndedAt"/> while it runs.
/// </summary>
internal sealed record ExpectedClock(
    string Kind, string State, Instant StartedAt, Instant WarnAt, Instant DueAt, Instant? WarnedAt, Instant? BreachedAt, Instant? EndedAt);

/// <summary>What one case must look like when all is over. <see cref="FollowUpDueAt"/> is null where it must have no follow-up.</summary>
internal sealed record ExpectedCase(string Status, string Severity, IReadOnlyList<ExpectedClock> Clocks, Instant? FollowUpDueAt);

/// <summary>
/// The rules of clocks and follow-ups worked out a second time, from the recorded times alone, in the plainest way:
/// nothing here knows of sweeps, events or tables, so that an error of the host is not repeated.
/// </summary>
internal static class Expectation
{
    private static readonly Duration FeedbackBudget = Duration.FromHours(24);
    private static readonly Duration EscalationBudget = Duration.FromDays(10);
    private static readonly Duration HeadReportBudget = Duration.FromMinutes(10);
    private static readonly Duration SolutionBudget = Duration.FromHours(12);
    private static readonly Duration FollowUpWindow = Duration.FromHours(24);

    /// <summary>The case of one ticket, looked at <paramref name="lookedAt"/>, at or after its closing.</summary>
    public static ExpectedCase Of(RecordedTicket ticket, Instant lookedAt)
    {
        // While a ticket is open its clocks have run until somebody looks.
        var until = ticket.ClosedAt ?? lookedAt;
        var feedback = Clock("feedback", ticket.ReceivedAt, FeedbackBudget, until, ticket.Ending);
        var escalation = Clock("escalation", ticket.ReceivedAt, EscalationBudget, until, ticket.Ending);

        return escalation.BreachedAt is { } promotedAt
            ? Case("major", [feedback, Spent(escalation), .. MajorClocks(promotedAt, until, ticket.Ending)])
            : Case("minor", [feedback, escalation]);

        ExpectedCase Case(string severity, IReadOnlyList<ExpectedClock> clocks) =>
            new(Status(ticket.Ending), severity, clocks, FollowUpDueAt(ticket));
    }

    /// <summary>
    /// CMP-16: from the instant of promotion. Nobody reports or agrees in the record, so only the end of the case stops them.
    /// </summary>
    private static ExpectedClock[] MajorClocks(Instant promotedAt, Instant until, Ending ending) =>
    [
        Clock("headReport", promotedAt, HeadReportBudget, until, ending),
        Clock("solution", promotedAt, SolutionBudget, until, ending),
    ];

    private static ExpectedClock Clock(string kind, Instant start, Duration budget, Instant until, Ending ending)
    {
        var warnAt = start + budget * 3 / 4;
        var dueAt = start + budget;
        var isWarned = until >= warnAt;
        var isBreached = until > dueAt; // an act at the due instant is in time
        var state = ending switch
        {
            Ending.Withdrawn => "cancelled",
            Ending.Resolved => isBreached ? "breached" : "met",
            _ => isBreached ? "breached" : isWarned ? "warned" : "running",
        };
        return new ExpectedClock(
            kind, state, start, warnAt, dueAt,
            isWarned ? warnAt : null,
            isBreached ? dueAt : null,
            ending == Ending.Open ? null : until);
    }

    /// <summary>The escalation clock has done its work at its breach: what happens to the case later does not touch it.</summary>
    private static ExpectedClock Spent(ExpectedClock escalation) =>
        escalation with { State = "breached", EndedAt = escalation.BreachedAt };

    private static string Status(Ending ending) => ending switch
    {
        Ending.Resolved => "resolved",
        Ending.Withdrawn => "withdrawn",
        _ => "registered",
    };

    /// <summary>FUP-02, CMP-23: only what was resolved is asked about, and only where there is somebody to ask.</summary>
    private static Instant? FollowUpDueAt(RecordedTicket ticket) =>
        ticket is { Ending: Ending.Resolved, Customer: not null } ? ticket.ClosedAt + FollowUpWindow : null;
}
