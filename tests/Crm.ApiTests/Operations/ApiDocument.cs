using System.Text.Json;
using Crm.ApiTests.Infrastructure;

namespace Crm.ApiTests.Operations;

/// <summary>The host's OpenAPI document, as a client generator reads it.</summary>
public sealed class ApiDocument
{
    private readonly JsonElement root;

    private ApiDocument(JsonElement root)
    {
        this.root = root;
        Operations =
        [
            .. from path in root.GetProperty("paths").EnumerateObject()
               from verb in path.Value.EnumerateObject()
               select new Operation(this, verb.Name.ToUpperInvariant(), path.Name, verb.Value),
        ];
    }

    /// <summary>All operations, in the document's order.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>Reads the document a host shows.</summary>
    public static async Task<ApiDocument> ReadAsync(Api api) => new((await api.GetAsync("/openapi/v1.json")).Is(200).Json);

    /// <summary>The shape a schema asks for, references followed.</summary>
    public Shape ShapeOf(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            return ShapeOf(root.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]));
        if (schema.TryGetProperty("anyOf", out var any))
            return ShapeOf(any.EnumerateArray().First(s => !IsNull(s))) with { Nullable = any.EnumerateArray().Any(IsNull) };
        string[] types = !schema.TryGetProperty("type", out var type) ? [] : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!];
        return new Shape(
            types.SingleOrDefault(t => t != "null") ?? "any", types.Contains("null"),
            schema.TryGetProperty("format", out var format) ? format.GetString() : null,
            schema.TryGetProperty("enum", out var words) ? [.. words.EnumerateArray().Select(w => w.GetString())] : null,
            schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().ToDictionary(p => p.Name, p => p.Value) : [],
            schema.TryGetProperty("required", out var required) ? [.. required.EnumerateArray().Select(r => r.GetString()!)] : [],
            schema.TryGetProperty("items", out var items) ? items : null)
        {
            Minimum = schema.TryGetProperty("minimum", out var minimum) && minimum.TryGetInt64(out var least) ? least : null,
        };
    }

    private static bool IsNull(JsonElement schema) => schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "null";
}

/// <summary>What a value must look like.</summary>
/// <param name="Type">object, array, string, integer, number, boolean or any.</param>
/// <param name="Nullable">Null is allowed.</param>
/// <param name="Format">uuid, date-time, …</param>
/// <param name="Words">The words it can be; null where it is no enum.</param>
/// <param name="Properties">An object's members.</param>
/// <param name="Required">Those that must be there.</param>
/// <param name="Items">An array's elements.</param>
public sealed record Shape(
    string Type, bool Nullable, string? Format, IReadOnlyCollection<string?>? Words, IReadOnlyDictionary<string, JsonElement> Properties, IReadOnlyCollection<string> Required, JsonElement? Items)
{
    /// <summary>The least a number may be; null when the document does not say.</summary>
    public long? Minimum { get; init; }
}

/// <summary>One operation of the document.</summary>
public sealed record Operation(ApiDocument Document, string Method, string Path, JsonElement Story)
{
    /// <summary>Its name.</summary>
    public string Id => Story.GetProperty("operationId").GetString()!;

    /// <summary>True when it belongs to the API proper: not health, not Development.</summary>
    public bool IsApi => Path.StartsWith("/api/v1/", StringComparison.Ordinal);

    /// <summary>The schema of the JSON body; null when there is none.</summary>
    public JsonElement? Body => Story.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var json) ? json.GetProperty("schema") : null;

    /// <summary>True when it takes a CSV file.</summary>
    public bool TakesCsv => Story.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("text/csv", out _);

    /// <summary>The query parameters, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement> Query => !Story.TryGetProperty("parameters", out var parameters)
        ? new Dictionary<string, JsonElement>()
        : parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "query").ToDictionary(p => p.GetProperty("name").GetString()!);

    /// <summary>True when it takes a header of this name.</summary>
    public bool Takes(string header) => Story.TryGetProperty("parameters", out var parameters)
        && parameters.EnumerateArray().Any(p => p.GetProperty("in").GetString() == "header" && p.GetProperty("name").GetString() == header);

    /// <summary>The schema of the body of an answer; null when the document tells of none, or of one that is no JSON.</summary>
    public JsonElement? Answer(int status) =>
        Story.GetProperty("responses").TryGetProperty($"{status}", out var response) && response.TryGetProperty("content", out var content)
        && content.EnumerateObject().FirstOrDefault(c => c.Name.EndsWith("json", StringComparison.Ordinal)) is { Value.ValueKind: JsonValueKind.Object } json
            ? json.Value.GetProperty("schema")
            : null;

    /// <summary>True when the document says that the operation can answer so.</summary>
    public bool Documents(int status) => Story.GetProperty("responses").TryGetProperty($"{status}", out _);

    /// <summary>The headers that the document promises with an answer.</summary>
    public IEnumerable<string> Headers(int status) =>
        Story.GetProperty("responses").TryGetProperty($"{status}", out var response) && response.TryGetProperty("headers", out var headers)
            ? headers.EnumerateObject().Where(h => h.Value.TryGetProperty("required", out var required) && required.GetBoolean()).Select(h => h.Name)
            : [];

    public override string ToString() => Id;
}
