using Crm.Shared.Data;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.FollowUps;

/// <summary>FUP-06: what a visit or call found.</summary>
internal sealed record VisitOutcome(
    VisitChannel Channel, bool Reached, NotReached? NotReached, int? Satisfaction, int? ServiceQuality, int? Attitude, bool? FeeVerified, bool? Qualified,
    [property: Personal(Datum.CustomerWords, Guard.TakenIn)] string? Shortcomings, [property: Personal(Datum.CustomerWords, Guard.TakenIn)] string? Suggestions, [property: Personal(Datum.CustomerWords, Guard.TakenIn)] string? Remarks, [property: Personal(Datum.CustomerSignature, Guard.TakenIn)] string? Signature);

/// <summary>FUP-05, FUP-06: one attempt, as it was recorded. Append-only.</summary>
internal sealed class Visit : IPartOfRecord
{
    public Visit(Guid followUpId, VisitOutcome outcome, bool counted, Moment moment)
    {
        (FollowUpId, At, By, Counted) = (followUpId, moment.Now, moment.By, counted);
        (Channel, Reached, NotReached, Satisfaction) = (outcome.Channel, outcome.Reached, outcome.NotReached, outcome.Satisfaction);
        (ServiceQuality, Attitude, FeeVerified, Qualified) = (outcome.ServiceQuality, outcome.Attitude, outcome.FeeVerified, outcome.Qualified);
        (Shortcomings, Suggestions, Remarks, Signature) = (outcome.Shortcomings, outcome.Suggestions, outcome.Remarks, outcome.Signature);
    }

    private Visit() => By = "";

    public Guid Id { get; private set; } = Ids.Next();

    public Guid FollowUpId { get; private set; }

    public Guid RecordId => FollowUpId;

    public Instant At { get; private set; }

    public string By { get; private set; }

    /// <summary>False for an attempt outside calling hours or too soon after the last: kept, but not one of the attempts the policy wants.</summary>
    public bool Counted { get; private set; }

    public VisitChannel Channel { get; private set; }

    public bool Reached { get; private set; }

    public NotReached? NotReached { get; private set; }

    public int? Satisfaction { get; private set; }

    public int? ServiceQuality { get; private set; }

    public int? Attitude { get; private set; }

    public bool? FeeVerified { get; private set; }

    public bool? Qualified { get; private set; }

    [Personal(Datum.CustomerWords, Guard.SealedUnderRecord)]
    public PersonalText? Shortcomings { get; private set; }

    [Personal(Datum.CustomerWords, Guard.SealedUnderRecord)]
    public PersonalText? Suggestions { get; private set; }

    [Personal(Datum.CustomerWords, Guard.SealedUnderRecord)]
    public PersonalText? Remarks { get; private set; }

    /// <summary>Reference of the customer's signature (FUP-05).</summary>
    [Personal(Datum.CustomerSignature, Guard.SealedUnderRecord)]
    public PersonalText? Signature { get; private set; }
}

/// <summary>ORG-03: a follow-up became somebody else's to make: who, when and why. Append-only.</summary>
[NotPersonal("which rule passed it on, and whose it was by staff code", "Reason")]
internal sealed class PassedOn
{
    public Guid Id { get; init; } = Ids.Next();

    public required Guid FollowUpId { get; init; }

    public required Instant At { get; init; }

    /// <summary>"rule:" and the rule's id.</summary>
    public required string By { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    public required string Reason { get; init; }
}

/// <summary>What this module has heard of a case: its newest cycle, which makes an older one's news stale, and whom it is about.</summary>
internal sealed class OriginCycle
{
    public required Guid OriginId { get; init; }

    /// <summary>0 while no cycle was heard of.</summary>
    public required int Cycle { get; init; }

    /// <summary>ORG-16: the customer; null while the directory has not told.</summary>
    public Guid? CustomerId { get; init; }
}
