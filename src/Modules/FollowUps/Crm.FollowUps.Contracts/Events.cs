using Crm.Shared.Events;
using NodaTime;

namespace Crm.FollowUps.Contracts;

/// <summary>Something that happened to a follow-up. Names the matter it follows up, and which cycle of it.</summary>
public abstract record FollowUpEvent : IntegrationEvent
{
    /// <summary>The follow-up.</summary>
    public required Guid FollowUpId { get; init; }

    /// <summary>Its people-facing number.</summary>
    public required string Number { get; init; }

    /// <summary>Its project.</summary>
    public required string Project { get; init; }

    /// <summary>The case it follows up.</summary>
    public required Guid OriginId { get; init; }

    /// <summary>The cycle of the case it asks about.</summary>
    public required int OriginCycle { get; init; }
}

/// <summary>FUP-02: a follow-up was planned.</summary>
/// <param name="Assignee">The staff code of who is to make it.</param>
/// <param name="DueAt">The last instant in time.</param>
public sealed record FollowUpPlanned(string Assignee, Instant DueAt) : FollowUpEvent;

/// <summary>Most of the time for a follow-up is used up. OccurredAt is the warning instant.</summary>
/// <param name="Assignee">The staff code of who is to make it.</param>
/// <param name="DueAt">The last instant in time.</param>
/// <param name="Late">It was written down too late to act on.</param>
public sealed record FollowUpDueSoon(string Assignee, Instant DueAt, bool Late) : FollowUpEvent;

/// <summary>A follow-up was not made in time. OccurredAt is the due instant.</summary>
/// <param name="Assignee">The staff code of who was to make it.</param>
/// <param name="DueAt">When it was due.</param>
/// <param name="Late">It was written down too late to act on.</param>
public sealed record FollowUpOverdue(string Assignee, Instant DueAt, bool Late) : FollowUpEvent;

/// <summary>FUP-06, FUP-07: a follow-up is over: the customer was reached, or could not be.</summary>
/// <param name="Reached">False when it was closed as unreachable.</param>
/// <param name="Satisfaction">1 to 5; null when not reached.</param>
/// <param name="Visitor">The subject who made it.</param>
public sealed record FollowUpCompleted(bool Reached, int? Satisfaction, string Visitor) : FollowUpEvent;

/// <summary>FUP-10: the customer is not satisfied, or the result is not what it should be: it goes back to where it belongs.</summary>
/// <param name="Satisfaction">1 to 5.</param>
/// <param name="Qualified">False when the visitor found the work not in order.</param>
public sealed record FollowUpDissatisfied(int Satisfaction, bool Qualified) : FollowUpEvent;
