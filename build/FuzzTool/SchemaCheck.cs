using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Crm.Build.Fuzz;

/// <summary>
/// Whether a value is what its JSON schema says. Knows the part of JSON Schema 2020-12 that the document uses; a keyword it does not
/// know is itself something wrong, so that nothing passes because nobody looked.
/// </summary>
internal sealed partial class SchemaCheck(ApiDocument document)
{
    private static readonly HashSet<string> Judged =
    [
        "$ref", "type", "format", "enum", "required", "properties", "additionalProperties", "items", "anyOf", "oneOf", "allOf",
        "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern",
    ];

    private static readonly HashSet<string> Told = ["description", "title", "example", "examples", "default", "deprecated", "readOnly", "writeOnly"];

    /// <summary>What is wrong with the value, each with the path to it; nothing when it conforms.</summary>
    public IEnumerable<string> Check(JsonElement schema, JsonElement value, string path = "$")
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (Told.Contains(keyword.Name)) continue;
            if (!Judged.Contains(keyword.Name)) yield return $"{path}: the checker does not know the keyword {keyword.Name}";
            foreach (var wrong in CheckKeyword(schema, keyword, value, path)) yield return wrong;
        }
    }

    private IEnumerable<string> CheckKeyword(JsonElement schema, JsonProperty keyword, JsonElement value, string path)
    {
        var said = keyword.Value;
        return keyword.Name switch
        {
            "$ref" => Check(document.Resolve(schema), value, path),
            "allOf" => said.EnumerateArray().SelectMany(one => Check(one, value, path)),
            "anyOf" => OneOf(said, value, path, many: true),
            "oneOf" => OneOf(said, value, path, many: false),
            "properties" when value.ValueKind == JsonValueKind.Object => said.EnumerateObject().SelectMany(
                p => value.TryGetProperty(p.Name, out var member) ? Check(p.Value, member, $"{path}.{p.Name}") : []),
            "additionalProperties" when value.ValueKind == JsonValueKind.Object => Others(schema, said, value, path),
            "items" when value.ValueKind == JsonValueKind.Array => value.EnumerateArray().SelectMany((item, i) => Check(said, item, $"{path}[{i}]")),
            "required" when value.ValueKind == JsonValueKind.Object =>
                said.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{path}.{name.GetString()} is missing"),
            _ => Fits(keyword.Name, said, value) ? [] : [$"{path} does not fit {keyword.Name} {said.GetRawText()}: {Short(value)}"],
        };
    }

    private static bool Fits(string keyword, JsonElement said, JsonElement value) => keyword switch
    {
        "type" => said.ValueKind == JsonValueKind.Array ? said.EnumerateArray().Any(type => IsOfType(type.GetString()!, value)) : IsOfType(said.GetString()!, value),
        "enum" => said.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)),
        "format" => FitsFormat(said.GetString()!, value),
        "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() >= said.GetDouble(),
        "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() <= said.GetDouble(),
        "minLength" => value.ValueKind != JsonValueKind.String || Length(value) >= said.GetInt32(),
        "maxLength" => value.ValueKind != JsonValueKind.String || Length(value) <= said.GetInt32(),
        "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, said.GetString()!),
        "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= said.GetInt32(),
        "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= said.GetInt32(),
        _ => true,
    };

    private static bool IsOfType(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && decimal.IsInteger(number),
        _ => false,
    };

    private static bool FitsFormat(string format, JsonElement value) => (format, value.ValueKind) switch
    {
        ("uuid", JsonValueKind.String) => Guid.TryParseExact(value.GetString(), "D", out _),
        ("date-time", JsonValueKind.String) => Rfc3339().IsMatch(value.GetString()!)
            && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        ("date", JsonValueKind.String) => DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", out _),
        ("duration", JsonValueKind.String) => Iso8601Duration().IsMatch(value.GetString()!),
        ("uri" or "uri-reference", JsonValueKind.String) => Uri.TryCreate(value.GetString(), UriKind.RelativeOrAbsolute, out _),
        ("int32", JsonValueKind.Number) => value.TryGetInt32(out _),
        ("int64", JsonValueKind.Number) => value.TryGetInt64(out _),
        ("double" or "float", JsonValueKind.Number) => double.IsFinite(value.GetDouble()),
        ("uuid" or "date-time" or "date" or "duration" or "uri" or "uri-reference" or "int32" or "int64" or "double" or "float", _) => true,
        _ => false,
    };

    private IEnumerable<string> OneOf(JsonElement choices, JsonElement value, string path, bool many)
    {
        var judged = choices.EnumerateArray().Select(one => Check(one, value, path).ToList()).ToList();
        var fitting = judged.Count(wrong => wrong.Count == 0);
        return fitting == 1 || (many && fitting > 0) ? [] : fitting > 1 ? [$"{path} fits {fitting} of oneOf"] : judged.MinBy(wrong => wrong.Count)!;
    }

    private IEnumerable<string> Others(JsonElement schema, JsonElement said, JsonElement value, string path)
    {
        var known = schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(p => p.Name).ToHashSet() : [];
        return value.EnumerateObject().Where(member => !known.Contains(member.Name)).SelectMany(member => said.ValueKind switch
        {
            JsonValueKind.False => [$"{path}.{member.Name} is unknown to the document"],
            JsonValueKind.Object => Check(said, member.Value, $"{path}.{member.Name}"),
            _ => [],
        });
    }

    private static int Length(JsonElement value) => value.GetString()!.EnumerateRunes().Count();

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > 80 } text ? text[..80] + "…" : value.GetRawText();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")]
    private static partial Regex Rfc3339();

    [GeneratedRegex(@"^-?P(?=.)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$")]
    private static partial Regex Iso8601Duration();
}
