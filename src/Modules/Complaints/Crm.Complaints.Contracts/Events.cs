using Crm.Shared.Events;
using NodaTime;

namespace Crm.Complaints.Contracts;

/// <summary>Something that happened to a case. Every event names the case, its number, its project and the cycle it speaks of.</summary>
public abstract record CaseEvent : IntegrationEvent
{
    /// <summary>The case.</summary>
    public required Guid ComplaintId { get; init; }

    /// <summary>Its people-facing number.</summary>
    public required string Number { get; init; }

    /// <summary>Its project.</summary>
    public required string Project { get; init; }

    /// <summary>The cycle the event speaks of, from 1; a consumer ignores an event of a cycle that is over.</summary>
    public required int Cycle { get; init; }

    /// <summary>The subject that has the case in hand; null before anybody has accepted it.</summary>
    public string? Handler { get; init; }
}

/// <summary>CMP-03: a case was registered.</summary>
/// <param name="Kind">The case kind (CMP-01), in camelCase.</param>
/// <param name="Severity">The severity, in camelCase.</param>
/// <param name="Category">The category's code.</param>
/// <param name="Channel">The channel, in camelCase.</param>
public sealed record CaseRegistered(string Kind, string Severity, string Category, string Channel) : CaseEvent
{
    /// <summary>Whoever said it left a phone, by which they can be known (ORG-16).</summary>
    public bool LeftPhone { get; init; }
}

/// <summary>CMP-16, CMP-18: a complaint has become major by a rule; CMP-04: or somebody has made it so.</summary>
/// <param name="From">Severity before.</param>
/// <param name="To">Severity now.</param>
/// <param name="Rule">The rule that did it; CMP-04 where it was done by hand.</param>
public sealed record ComplaintEscalated(string From, string To, string Rule) : CaseEvent;

/// <summary>A clock of the case has used up the warning part of its time. OccurredAt is the warning instant.</summary>
/// <param name="Clock">The clock's kind.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="Late">It was written down too late to act on.</param>
public sealed record ComplaintClockWarned(string Clock, Instant DueAt, bool Late) : CaseEvent;

/// <summary>A clock of the case has passed its due instant. OccurredAt is the due instant.</summary>
/// <param name="Clock">The clock's kind.</param>
/// <param name="DueAt">When it was due.</param>
/// <param name="Late">It was written down too late to act on.</param>
public sealed record ComplaintClockBreached(string Clock, Instant DueAt, bool Late) : CaseEvent;

/// <summary>CMP-20: a cycle of the case was resolved; the return visit is planned from it (FUP-02).</summary>
/// <param name="Kind">The case kind, in camelCase.</param>
/// <param name="Major">True for a major complaint.</param>
/// <param name="ReceivedBy">The staff code of who received it; null when a machine did.</param>
/// <param name="ResolvedBy">The subject who resolved it.</param>
/// <param name="Exempt">CMP-23: why no return visit is needed ("anonymous", "writtenReplyOnly"); null when one is.</param>
public sealed record ComplaintResolved(string Kind, bool Major, string? ReceivedBy, string ResolvedBy, string? Exempt) : CaseEvent;

/// <summary>CMP-19, CMP-20: a new cycle of the case has begun; what was planned for the one before is pointless.</summary>
public sealed record ComplaintReopened : CaseEvent
{
    /// <summary>True for a major complaint, which is to be reported anew (CMP-13).</summary>
    public bool Major { get; init; }
}

/// <summary>The case was withdrawn.</summary>
public sealed record ComplaintWithdrawn : CaseEvent;

/// <summary>CMP-24: the case was archived.</summary>
public sealed record ComplaintArchived : CaseEvent;
