using Crm.Shared.Data;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Violations;

/// <summary>ORG-13: what a kind of violation says at one version.</summary>
/// <param name="TitleEn">Its name in English.</param>
/// <param name="TitleZh">Its name in Chinese.</param>
/// <param name="Meaning">What it is.</param>
/// <param name="Ladder">What its offences lead to.</param>
internal sealed record ViolationTerms(string TitleEn, string TitleZh, string Meaning, Ladder Ladder);

/// <summary>ORG-13: a kind of violation. Its code stays; what it says is kept version by version.</summary>
internal sealed class ViolationKind : Aggregate
{
    public required string Code { get; init; }

    /// <summary>What it says from the beginning.</summary>
    public ViolationKindVersion Begin(ViolationTerms terms, string by, string reason, Instant now) => new() { Kind = Code, Version = Version, Terms = terms, By = by, Reason = reason, At = now };

    /// <summary>Says something else from now on. What was recorded before keeps the version it was recorded under.</summary>
    public ViolationKindVersion Edit(ViolationTerms terms, string by, string reason, Instant now)
    {
        Touch();
        return Begin(terms, by, reason, now);
    }
}

/// <summary>ORG-13: what a kind said from one instant on, with who and why. Append-only.</summary>
internal sealed class ViolationKindVersion
{
    public required string Kind { get; init; }

    /// <summary>From 1.</summary>
    public required int Version { get; init; }

    public required ViolationTerms Terms { get; init; }

    public required string By { get; init; }

    [Personal(Datum.Reason, Guard.Plain)]
    public required string Reason { get; init; }

    public required Instant At { get; init; }
}
