using System.Text.Json;
using Crm.Shared.Data;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-05: what somebody writes of a problem they met.</summary>
/// <param name="Problem">What was wrong.</param>
/// <param name="Cause">Why.</param>
/// <param name="Solution">What was done, or could be.</param>
/// <param name="HelpNeeded">The help they need; null for none.</param>
internal sealed record ProblemTexts(
    [property: Personal(Datum.ShiftWords, Guard.InScope)] string Problem, [property: Personal(Datum.ShiftWords, Guard.InScope)] string Cause, [property: Personal(Datum.ShiftWords, Guard.InScope)] string Solution, [property: Personal(Datum.ShiftWords, Guard.InScope)] string? HelpNeeded);

/// <summary>ORG-05: an entry of a person's problem log. It is never changed, and forgotten in the end. Its texts may hold personal data, so they are sealed.</summary>
internal sealed class ProblemEntry
{
    public Guid Id { get; init; } = Ids.Next();

    public required string Project { get; init; }

    public required string Staff { get; init; }

    public required Instant At { get; init; }

    /// <summary>Help is needed: the only thing of it that is counted.</summary>
    public required bool NeedsHelp { get; init; }

    /// <summary>Its texts, sealed by the key ring.</summary>
    [Personal(Datum.ShiftWords, Guard.Sealed)]
    public byte[] Texts { get; private set; } = [];

    public static ProblemEntry Of(string project, string staff, ProblemTexts texts, KeyRing keys, Instant now)
    {
        var entry = new ProblemEntry { Project = project, Staff = staff, At = now, NeedsHelp = texts.HelpNeeded is not null };
        entry.Texts = keys.Seal(JsonSerializer.Serialize(texts, CrmJson.Options), entry.Place);
        return entry;
    }

    public ProblemTexts Read(KeyRing keys) => JsonSerializer.Deserialize<ProblemTexts>(keys.Unseal(Texts, Place), CrmJson.Options)!;

    private string Place => $"organization.problem_entries.texts:{Id}";
}
