using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Shared.Failures;
using NodaTime;
using NodaTime.Text;

namespace Crm.Shared.Http;

/// <summary>A value that cannot be read, with what it should be.</summary>
internal sealed class UnreadableValue(string en, string zh) : JsonException(en)
{
    /// <summary>What it should be.</summary>
    public Text Expected { get; } = new(en, zh);
}

/// <summary>
/// The one JSON dialect: on the wire, in stored answers and in event payloads. Strict on the way in: unknown and duplicate members,
/// missing required members, nulls where none are allowed, numbers for enums, U+0000 and lone surrogates are refused.
/// </summary>
public static class CrmJson
{
    /// <summary>The shared options.</summary>
    public static JsonSerializerOptions Options { get; } = Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>How stored events are read: a host of a newer version may have written members that this one does not know.</summary>
    public static JsonSerializerOptions OptionsOfEvents { get; } = new(Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    /// <summary>Gives <paramref name="options"/> the dialect, for frameworks that bring an instance of their own.</summary>
    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.AllowDuplicateProperties = false;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = 16;
        // The answers are JSON documents, never embedded in HTML: Chinese, + and quotes stay readable.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new StrictStringConverter());
        options.Converters.Add(new WordConverterFactory());
        options.Converters.Add(new InstantConverter());
        options.Converters.Add(new DurationConverter());
        options.Converters.Add(new LocalDateConverter());
        options.Converters.Add(new LocalTimeConverter());
        return options;
    }

    /// <summary>Reads an instant as the API writes it: RFC 3339 with an offset, years 1900 to 2199 in UTC, cut to microseconds.</summary>
    public static bool TryParseInstant(string text, out Instant instant)
    {
        var parsed = OffsetDateTimePattern.Rfc3339.Parse(text);
        instant = default;
        // The year is that of the instant, as it is written again: what is taken in can be read wherever it is passed on.
        if (!parsed.Success || parsed.Value.ToInstant().InUtc().Year is < 1900 or > 2199) return false;
        instant = Time.Microseconds.Truncate(parsed.Value.ToInstant());
        return true;
    }

    private sealed class StrictStringConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String) throw new UnreadableValue("must be a string", "应为字符串");
            string? text;
            try
            {
                text = reader.GetString();
            }
            catch (InvalidOperationException)
            {
                throw new UnreadableValue("must be well-formed Unicode: it holds a lone surrogate or an invalid byte", "应为合法的 Unicode：含有孤立代理项或无效字节");
            }

            return text is not null && text.Contains('\0') ? throw new UnreadableValue("must not hold U+0000", "不得含有 U+0000") : text;
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.GetString() is { } name && !name.Contains('\0') ? name : throw new UnreadableValue("must not hold U+0000", "不得含有 U+0000");

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WritePropertyName(value);
    }

    /// <summary>One of an enum's words, exactly as listed: no number, no list of words, no other case.</summary>
    private sealed class WordConverterFactory : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(WordConverter<>).MakeGenericType(typeToConvert))!;
    }

    private sealed class WordConverter<TEnum> : JsonConverter<TEnum> where TEnum : struct, Enum
    {
        private static readonly FrozenDictionary<string, TEnum> Words = Enum.GetValues<TEnum>().ToFrozenDictionary(value => value.ToWire());

        public override TEnum Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Words.TryGetValue(reader.GetString()!, out var value)
                ? value
                : throw new UnreadableValue("must be one of " + string.Join(", ", Listed), "应为以下之一：" + string.Join("、", Listed));

        private static IEnumerable<string> Listed => Enum.GetValues<TEnum>().Select(word => word.ToWire());

        public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToWire());
    }

    private sealed class InstantConverter : JsonConverter<Instant>
    {
        private static readonly InstantPattern Pattern = InstantPattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss;FFFFFF'Z'");

        public override Instant Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && TryParseInstant(reader.GetString()!, out var instant)
                ? instant
                : throw new UnreadableValue(
                    "must be an RFC 3339 date-time with an offset, such as 2026-11-22T08:00:00Z, between 1900 and 2199",
                    "应为带时区偏移的 RFC 3339 时间，如 2026-11-22T08:00:00Z，年份在 1900 到 2199 之间");

        public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Pattern.Format(value));
    }

    private sealed class DurationConverter : JsonConverter<Duration>
    {
        public override Duration Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Time.IsoDuration.TryParse(reader.GetString()!, out var duration)
                ? duration
                : throw new UnreadableValue("must be an ISO 8601 duration of days or less, such as PT24H or P10D", "应为 ISO 8601 时长（最大单位为天），如 PT24H 或 P10D");

        public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Time.IsoDuration.Format(value));
    }

    private sealed class LocalTimeConverter : JsonConverter<LocalTime>
    {
        private static readonly LocalTimePattern Pattern = LocalTimePattern.CreateWithInvariantCulture("HH':'mm");

        public override LocalTime Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Pattern.Parse(reader.GetString()!) is { Success: true, Value: var time }
                ? time
                : throw new UnreadableValue("must be a time of day such as 09:00", "应为一天中的时刻，如 09:00");

        public override void Write(Utf8JsonWriter writer, LocalTime value, JsonSerializerOptions options) => writer.WriteStringValue(Pattern.Format(value));
    }

    private sealed class LocalDateConverter : JsonConverter<LocalDate>
    {
        public override LocalDate Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && LocalDatePattern.Iso.Parse(reader.GetString()!) is { Success: true, Value: { Year: >= 1900 and <= 2199 } date }
                ? date
                : throw new UnreadableValue("must be a date such as 2026-11-22, between 1900 and 2199", "应为日期，如 2026-11-22，年份在 1900 到 2199 之间");

        public override void Write(Utf8JsonWriter writer, LocalDate value, JsonSerializerOptions options) =>
            writer.WriteStringValue(LocalDatePattern.Iso.Format(value));
    }
}
