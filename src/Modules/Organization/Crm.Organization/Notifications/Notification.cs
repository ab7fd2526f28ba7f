using Crm.Shared.Data;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Notifications;

/// <summary>ORG-11: a notice in one person's inbox. Bound to the event it tells of, so that an event delivered again doubles nothing.</summary>
[NotPersonal("an event, which carries ids and facts only", "Facts")]
internal sealed class Notification
{
    public Guid Id { get; init; } = Ids.Next();

    public required Guid EventId { get; init; }

    /// <summary>The notice kind's name.</summary>
    public required string Kind { get; init; }

    /// <summary>The staff code of whose inbox it is in.</summary>
    public required string Staff { get; init; }

    /// <summary>Null: of the whole company.</summary>
    public required string? Project { get; init; }

    public required string SubjectKind { get; init; }

    public required Guid SubjectId { get; init; }

    /// <summary>The event as JSON: the sentence is made from it when it is read.</summary>
    public required string Facts { get; init; }

    public required bool Urgent { get; init; }

    /// <summary>It came in the person's quiet hours: screens show it without a sound.</summary>
    public required bool Quiet { get; init; }

    /// <summary>The person wants this kind on screens.</summary>
    public required bool OnScreen { get; init; }

    /// <summary>The domain instant of what is told.</summary>
    public required Instant OccurredAt { get; init; }

    /// <summary>The domain instant at which it came into the inbox.</summary>
    public required Instant ToldAt { get; init; }

    /// <summary>When it is due as an e-mail, by the domain's clock: at the end of the quiet hours it came in; null when it is not to be one, or has been handed over.</summary>
    public required Instant? MailAt { get; init; }

    /// <summary>
    /// Its place among all notifications, in the order they were committed in; null until <see cref="Arrivals"/> has given it one, within a
    /// second. Who has seen one number has seen or could have seen every lower one: streams resume by it.
    /// </summary>
    public long? Number { get; private set; }

    /// <summary>When the person took note of it; null while it is unread.</summary>
    public Instant? AcknowledgedAt { get; private set; }
}
