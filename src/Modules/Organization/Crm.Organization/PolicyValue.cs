using NodaTime;

namespace Crm.Organization;

/// <summary>ORG-08: a project's own value of a policy. Append-only: a change is a new version, and what was computed from the old one stays.</summary>
internal sealed class PolicyValue
{
    public required string Project { get; init; }

    public required string Name { get; init; }

    public required int Version { get; init; }

    public required string Json { get; init; }

    public required Instant EffectiveFrom { get; init; }

    public required string ChangedBy { get; init; }

    public required string Reason { get; init; }

    public required Instant ChangedAt { get; init; }
}
