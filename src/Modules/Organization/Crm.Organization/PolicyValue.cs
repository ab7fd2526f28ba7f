using System.Text.Json;
using Crm.Organization.Data;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization;

/// <summary>ORG-08: a policy value that a project is to have.</summary>
/// <param name="Project">The project's code.</param>
/// <param name="Name">The policy's name.</param>
/// <param name="Value">The value.</param>
/// <param name="EffectiveFrom">From when it counts: from when it is set, when absent.</param>
[NotPersonal("the name of a policy value", "Name")]
internal sealed record PolicyProposal(string Project, string Name, JsonElement Value, Instant? EffectiveFrom)
{
    /// <summary>From when it counts, if it is set now.</summary>
    /// <exception cref="Malformed">That would be in the past: what was decided stays decided.</exception>
    public Instant From(Instant now) => EffectiveFrom is not { } from ? now
        : from >= now ? from
        : throw Malformed.Field("effectiveFrom", new Text($"must not be before now ({now})", $"不得早于当前时间（{now}）"));
}

/// <summary>ORG-08: a project's own value of a policy. Append-only: a change is a new version, and what was computed from the old one stays.</summary>
[NotPersonal("a number of the rules", "Name", "Json")]
internal sealed class PolicyValue
{
    public required string Project { get; init; }

    public required string Name { get; init; }

    public required int Version { get; init; }

    public required string Json { get; init; }

    public required Instant EffectiveFrom { get; init; }

    public required string ChangedBy { get; init; }

    [Personal(Datum.Reason, Guard.Plain)]
    public required string Reason { get; init; }

    public required Instant ChangedAt { get; init; }
}

/// <summary>Setting policy values: one after the other for each project and policy.</summary>
internal static class PolicyValues
{
    /// <summary>Nobody else sets this value until the transaction ends.</summary>
    /// <exception cref="InProgress">Somebody does at this moment.</exception>
    public static Task TakePolicyAsync(this OrganizationDb db, string project, string name, CancellationToken ct) => db.TakeNameAsync($"policy {project} {name}", ct);

    /// <summary>The project's last version of a policy value; 0 when it has none. Ask after taking it.</summary>
    public static async Task<int> LastVersionAsync(this OrganizationDb db, string project, string name, CancellationToken ct) =>
        await db.PolicyValues.Where(v => v.Project == project && v.Name == name).MaxAsync(v => (int?)v.Version, ct) ?? 0;

    /// <summary>Gives the project the value, as its next version.</summary>
    public static PolicyValue AddNext(this OrganizationDb db, PolicyProposal proposal, int lastVersion, Instant from, string by, string reason, Instant now)
    {
        var value = new PolicyValue
        {
            Project = proposal.Project, Name = proposal.Name, Version = lastVersion + 1, Json = proposal.Value.GetRawText(),
            EffectiveFrom = from, ChangedBy = by, Reason = reason, ChangedAt = now,
        };
        db.PolicyValues.Add(value);
        return value;
    }
}
