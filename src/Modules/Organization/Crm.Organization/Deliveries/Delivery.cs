using Crm.Shared.Data;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Deliveries;

/// <summary>Where a delivery stands.</summary>
internal enum DeliveryState
{
    /// <summary>To be delivered, for the first time or again.</summary>
    Waiting,

    /// <summary>The receiver has taken it.</summary>
    Delivered,

    /// <summary>Given up after the last attempt; can be replayed.</summary>
    Failed,

    /// <summary>Nobody wants it any more: its webhook was deleted, or what it tells of was read already.</summary>
    Cancelled,
}

/// <summary>Why an attempt failed: a kind, never the words of a receiver.</summary>
internal enum DeliveryFailure
{
    /// <summary>It answered something else than success.</summary>
    Refused,

    /// <summary>It answered with another address; redirections are not followed.</summary>
    Redirected,

    /// <summary>It did not answer in time.</summary>
    Timeout,

    /// <summary>No connection came about, or it broke.</summary>
    Unreachable,

    /// <summary>Its certificate is not to be trusted, or no encryption could be agreed on.</summary>
    Tls,

    /// <summary>Its name stands for an address that is not allowed.</summary>
    AddressNotAllowed,

    /// <summary>There is nobody to send it to, or no way is set up.</summary>
    NoAddress,

    /// <summary>The mail server does not take our user and password.</summary>
    SignIn,

    /// <summary>Whoever answers for the receiver may not read what it tells of (any more).</summary>
    Rights,

    /// <summary>Its webhook was disabled when it happened: it was noted, and not tried.</summary>
    Disabled,
}

/// <summary>
/// ORG-11: something to be sent to somebody outside, and what became of it. Webhooks and e-mails wait in the same queue and are tried again in
/// the same way. All instants but <see cref="OccurredAt"/> are real time by the database's clock.
/// </summary>
[NotPersonal("an event, which carries ids and facts only", "Body")]
internal sealed class Delivery
{
    public Guid Id { get; init; } = Ids.Next();

    /// <summary>The webhook it goes to; <see cref="Mail"/> for an e-mail. One that is slow or down delays the others' lanes by nothing.</summary>
    public required Guid Lane { get; init; }

    /// <summary>The lane of e-mails.</summary>
    public static readonly Guid Mail = Guid.Empty;

    /// <summary>What is sent: an event, or a notification. The same however often it is tried.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The event's public type, or the kind of notice.</summary>
    public required string Type { get; init; }

    /// <summary>A webhook's body, as it is signed and sent; null for an e-mail, which is written when it is sent.</summary>
    public string? Body { get; init; }

    /// <summary>The domain instant of what it tells of.</summary>
    public required Instant OccurredAt { get; init; }

    public DeliveryState State { get; private set; }

    /// <summary>Since it was made, or last replayed.</summary>
    public int Attempts { get; private set; }

    /// <summary>The first of these attempts; null before it.</summary>
    public Instant? TriedSince { get; private set; }

    public Instant NextAttemptAt { get; private set; }

    public Instant? LeasedUntil { get; private set; }

    public Instant? LastAttemptAt { get; private set; }

    /// <summary>The HTTP or SMTP status of the last answer; null when there was none.</summary>
    public int? LastStatus { get; private set; }

    public DeliveryFailure? LastFailure { get; private set; }

    /// <summary>How long the last attempt took.</summary>
    public Duration? LastLatency { get; private set; }

    public Instant? EndedAt { get; private set; }

    /// <summary>Notes it for a receiver that is disabled: it is not tried, and can be replayed.</summary>
    /// <param name="realNow">Real time.</param>
    public Delivery Withhold(Instant realNow)
    {
        (State, LastFailure, EndedAt) = (DeliveryState.Failed, DeliveryFailure.Disabled, realNow);
        return this;
    }
}

/// <summary>ORG-11: one attempt to deliver something, as it was. Written once; all instants are real time by the database's clock.</summary>
internal sealed class DeliveryAttempt
{
    public Guid Id { get; init; } = Ids.Next();

    public required Guid DeliveryId { get; init; }

    public required Instant TriedAt { get; init; }

    /// <summary>From the beginning of the attempt to the head of the answer, or to the failure.</summary>
    public required Duration Latency { get; init; }

    /// <summary>The HTTP or SMTP status; null when there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>Null when it succeeded.</summary>
    public DeliveryFailure? Failure { get; init; }
}
