using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using NodaTime.Text;

namespace Crm.Build.Replay;

/// <summary>The API's JSON as a client of it sees it: only the members that are looked at.</summary>
internal static class Wire
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new Rfc3339() },
    };

    /// <summary>An instant as the API writes it.</summary>
    public static string Text(Instant instant) => InstantPattern.ExtendedIso.Format(instant);

    private sealed class Rfc3339 : JsonConverter<Instant>
    {
        public override Instant Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            OffsetDateTimePattern.Rfc3339.Parse(reader.GetString() ?? "") is { Success: true, Value: var time }
                ? time.ToInstant()
                : throw new JsonException($"{reader.GetString()} is not an instant");

        public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Text(value));
    }
}

/// <summary>One page of a list; <paramref name="Next"/> is the cursor of the page after it, null on the last.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next = null);

internal sealed record Token([property: JsonPropertyName("token")] string Value);

internal sealed record ClockSetting(Instant Now, long Handled = 0, long Parked = 0);

internal sealed record RegisteredCase(string Id, string Number);

internal sealed record CaseSource(string System, string TicketNumber);

internal sealed record ListedCase(string Id, string Number, string Status, string Severity, Instant ReceivedAt, CaseSource? Source = null);

internal sealed record CaseClock(
    string Kind,
    int Cycle,
    string State,
    Instant StartedAt,
    Instant WarnAt,
    Instant DueAt,
    IReadOnlyList<ClockRung> Rungs,
    Instant? WarnedAt = null,
    Instant? BreachedAt = null,
    Instant? EndedAt = null);

internal sealed record ClockRung(string Rung, Instant At, bool Late);

internal sealed record ListedFollowUp(string Id, string Origin, string State, Instant DueAt);

internal sealed record ParkedEvent(string Id);
