using System.Text.Json;

namespace Crm.ApiTests.Operations;

/// <summary>Whether a value is what its schema says, as a strict client would read it.</summary>
public static class Conformance
{
    /// <summary>What is wrong with the value; nothing when it conforms.</summary>
    public static IEnumerable<string> Check(ApiDocument document, JsonElement schema, JsonElement value, string path = "$")
    {
        var shape = document.ShapeOf(schema);
        if (shape.Type == "any") return [];
        if (value.ValueKind == JsonValueKind.Null) return shape.Nullable ? [] : [$"{path} is null, which the document does not allow"];
        if (!IsOfType(shape.Type, value)) return [$"{path} is no {shape.Type}"];
        return shape.Type switch
        {
            "object" when shape.Properties.Count > 0 => CheckMembers(document, shape, value, path),
            "array" => value.EnumerateArray().SelectMany((item, i) => Check(document, shape.Items!.Value, item, $"{path}[{i}]")),
            "string" when shape.Words is { } words && !words.Contains(value.GetString()) => [$"{path} is {value.GetString()}, none of {string.Join(", ", words)}"],
            "string" when shape.Format == "date-time" && !value.TryGetDateTimeOffset(out _) => [$"{path} is no instant"],
            "string" when shape.Format == "uuid" && !value.TryGetGuid(out _) => [$"{path} is no UUID"],
            _ => [],
        };
    }

    private static IEnumerable<string> CheckMembers(ApiDocument document, Shape shape, JsonElement value, string path)
    {
        foreach (var name in shape.Required.Where(name => !value.TryGetProperty(name, out _))) yield return $"{path}.{name} is missing";
        foreach (var member in value.EnumerateObject())
        {
            if (!shape.Properties.TryGetValue(member.Name, out var schema)) yield return $"{path}.{member.Name} is unknown to the document";
            else foreach (var wrong in Check(document, schema, member.Value, $"{path}.{member.Name}")) yield return wrong;
        }
    }

    private static bool IsOfType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => false,
    };
}
