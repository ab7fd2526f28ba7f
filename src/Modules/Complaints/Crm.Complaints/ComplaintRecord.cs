using Crm.Shared.Data;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Complaints;

/// <summary>CMP-03: the complaint record (form ZC-QR-027). Nothing in it ever changes; what comes later is added beside it.</summary>
internal sealed class ComplaintRecord : IPartOfRecord
{
    public required Guid ComplaintId { get; init; }

    public Guid RecordId => ComplaintId;

    public required string Number { get; init; }

    public required string Project { get; init; }

    public required CaseKind Kind { get; init; }

    public required Channel Channel { get; init; }

    public required string Category { get; init; }

    /// <summary>The severity the receiver proposed.</summary>
    public required Severity ProposedSeverity { get; init; }

    public MajorCriterion? MajorCriterion { get; init; }

    [Personal(Datum.CustomerWords, Guard.SealedUnderRecord)]
    public required PersonalText? Content { get; init; }

    [Personal(Datum.CustomerWords, Guard.SealedUnderRecord)]
    public PersonalText? Demand { get; init; }

    /// <summary>Null for somebody who left no name.</summary>
    [Personal(Datum.CustomerName, Guard.SealedUnderRecord)]
    public PersonalText? CustomerName { get; init; }

    /// <summary>A phone was left; which one, the <see cref="Complainant"/> says.</summary>
    public required bool LeftPhone { get; init; }

    /// <summary>When the customer said it.</summary>
    public required Instant ReceivedAt { get; init; }

    /// <summary>Who received it: a staff code; null when a machine posted it for nobody in particular.</summary>
    public string? ReceivedBy { get; init; }

    public required Instant RegisteredAt { get; init; }

    /// <summary>The caller's subject.</summary>
    public required string RegisteredBy { get; init; }

    /// <summary>CMP-02: the posting software and its own number for the ticket.</summary>
    public string? SourceSystem { get; init; }

    [Personal(Datum.CustomerReference, Guard.Plain)]
    public string? SourceTicket { get; init; }

    public required bool WrittenReplyOnly { get; init; }

    /// <summary>CMP-23: whether the return visit may be skipped, and why.</summary>
    public FollowUpExemption? Exemption =>
        WrittenReplyOnly ? FollowUpExemption.WrittenReplyOnly : CustomerName is null ? FollowUpExemption.Anonymous : null;

    /// <summary>True when there is nobody a reply could be sent to.</summary>
    public bool NobodyToWriteTo => CustomerName is null && !LeftPhone && Channel != Channel.Authority;
}

/// <summary>
/// ORG-12: who a case is about and where they live, and the key of everything that was said in it. The only part of a case that can be deleted:
/// then the phone finds it no more, and what the record and its history hold of anybody's words is closed for good.
/// </summary>
internal sealed class Complainant : IHoldsRecordKey
{
    public required Guid ComplaintId { get; init; }

    public Guid RecordId => ComplaintId;

    public bool IsErased => false;

    /// <summary>The key of the case, sealed.</summary>
    [Personal(Datum.PersonKey, Guard.Sealed)]
    public byte[]? SealedKey { get; set; }

    /// <summary>The phone, sealed.</summary>
    [Personal(Datum.CustomerPhone, Guard.Sealed)]
    public byte[]? PhoneSealed { get; init; }

    /// <summary>The phone's blind index.</summary>
    [Personal(Datum.CustomerPhone, Guard.BlindIndex)]
    public byte[]? PhoneIndex { get; init; }

    [Personal(Datum.CustomerHome, Guard.Plain)]
    public string? Building { get; init; }

    [Personal(Datum.CustomerHome, Guard.Plain)]
    public string? Unit { get; init; }

    /// <summary>Where a sealed phone belongs.</summary>
    public static string PhonePlace(Guid complaintId) => $"complaints.complainants.phone:{complaintId}";
}

/// <summary>CMP-03: what was added to the record later, word for word. Append-only.</summary>
internal sealed class Supplement : IPartOfRecord
{
    public Guid Id { get; init; } = Ids.Next();

    public required Guid ComplaintId { get; init; }

    public Guid RecordId => ComplaintId;

    public required Instant At { get; init; }

    public required string By { get; init; }

    [Personal(Datum.CustomerWords, Guard.SealedUnderRecord)]
    public required PersonalText? Content { get; init; }
}

/// <summary>CMP-19: one move in a case's life: who, when and why. Append-only.</summary>
internal sealed class Step : IPartOfRecord
{
    public Guid Id { get; init; } = Ids.Next();

    public required Guid ComplaintId { get; init; }

    public Guid RecordId => ComplaintId;

    /// <summary>The cycle it happened in.</summary>
    public required int Cycle { get; init; }

    public required StepKind Kind { get; init; }

    /// <summary>The instant it is dated at.</summary>
    public required Instant At { get; init; }

    /// <summary>A caller's subject, or "rule:" and the rule's id.</summary>
    public required string By { get; init; }

    /// <summary>The status after it.</summary>
    public required CaseStatus Status { get; init; }

    /// <summary>The severity after it.</summary>
    public required Severity Severity { get; init; }

    /// <summary>What was said, written or given as the reason.</summary>
    [Personal(Datum.CustomerWords, Guard.SealedUnderRecord)]
    public PersonalText? Text { get; init; }

    /// <summary>To whom, and how, where the rule asks for it.</summary>
    public string? To { get; init; }

    [Personal(Datum.CustomerWords, Guard.SealedUnderRecord)]
    public PersonalText? How { get; init; }
}
