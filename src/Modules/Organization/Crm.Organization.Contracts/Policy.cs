using System.Text.Json;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;

namespace Crm.Organization.Contracts;

/// <summary>A number (or choice) that a rule uses: never a literal in a handler, always a value that a project may set (ORG-08).</summary>
/// <param name="Name">The name in the catalogue, e.g. "complaints.feedback".</param>
/// <param name="Rule">The rule that uses it.</param>
/// <param name="Meaning">What it decides.</param>
[NotPersonal("the name of a policy value", "Name")]
public abstract record Policy(string Name, string Rule, Text Meaning)
{
    /// <summary>The default of a pack, as JSON.</summary>
    public abstract string DefaultJson(string pack);

    /// <summary>What its values look like.</summary>
    public abstract Text Forms { get; }

    /// <summary>True when the JSON is a value this policy can have.</summary>
    public abstract bool Accepts(string json);
}

/// <inheritdoc/>
/// <typeparam name="T">The value's type: a duration, a number, or a small record.</typeparam>
public sealed record Policy<T>(string Name, string Rule, Text Meaning, T Default, Func<T, bool> IsSensible) : Policy(Name, Rule, Meaning)
{
    /// <summary>Defaults of packs that differ from <c>lease-operations</c>.</summary>
    public IReadOnlyDictionary<string, T> Packs { get; init; } = new Dictionary<string, T>();

    /// <summary>The default of a pack.</summary>
    public T DefaultIn(string pack) => Packs.TryGetValue(pack, out var value) ? value : Default;

    /// <inheritdoc/>
    public override string DefaultJson(string pack) => JsonSerializer.Serialize(DefaultIn(pack), CrmJson.Options);

    /// <inheritdoc/>
    public override Text Forms => typeof(T) == typeof(TimeLimit) ? TimeLimit.Forms : new(DefaultJson(Contracts.Packs.LeaseOperations), DefaultJson(Contracts.Packs.LeaseOperations));

    /// <inheritdoc/>
    public override bool Accepts(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, CrmJson.Options) is { } value && IsSensible(value);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads a stored value.</summary>
    public T Parse(string json) => JsonSerializer.Deserialize<T>(json, CrmJson.Options)!;
}

/// <summary>A policy's value with its origin, which deadlines remember.</summary>
/// <param name="Policy">The policy's name.</param>
/// <param name="Value">The value.</param>
/// <param name="Version">The project's version of it; 0 for the pack's default.</param>
public sealed record PolicyReading<T>(string Policy, T Value, int Version);

/// <summary>The policy packs.</summary>
public static class Packs
{
    /// <summary>The default: a leasing asset manager's rules.</summary>
    public const string LeaseOperations = "lease-operations";

    /// <summary>A property manager's rules.</summary>
    public const string PropertyManagement = "property-management";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [LeaseOperations, PropertyManagement];
}
