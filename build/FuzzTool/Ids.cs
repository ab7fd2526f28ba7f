using System.Text.Json;

namespace Crm.Build.Fuzz;

/// <summary>Identities in answers.</summary>
internal static class Ids
{
    /// <summary>The id of what was made; null when the answer names none.</summary>
    public static string? Of(FuzzAnswer answer)
    {
        try
        {
            using var body = JsonDocument.Parse(answer.Body);
            return body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("id", out var id) ? id.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
