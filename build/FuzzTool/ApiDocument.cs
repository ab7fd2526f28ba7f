using System.Text.Json;

namespace Crm.Build.Fuzz;

/// <summary>A parameter of an operation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="In">path, query or header.</param>
/// <param name="Required">It must be sent.</param>
/// <param name="Schema">What its value is.</param>
internal sealed record Parameter(string Name, string In, bool Required, JsonElement Schema);

/// <summary>A header of an answer.</summary>
internal sealed record AnswerHeader(string Name, bool Required, JsonElement Schema);

/// <summary>One way an operation can answer.</summary>
/// <param name="Content">The schema of each content type; empty when the answer has no body.</param>
/// <param name="Headers">Its headers.</param>
internal sealed record DocumentedAnswer(IReadOnlyDictionary<string, JsonElement> Content, IReadOnlyList<AnswerHeader> Headers);

/// <summary>One operation of the document.</summary>
/// <param name="Id">Its operationId.</param>
/// <param name="Method">GET, POST, …</param>
/// <param name="Path">With its parameters in braces.</param>
/// <param name="Parameters">Of path, query and header.</param>
/// <param name="Body">The schema of the body; null when it takes none.</param>
/// <param name="Example">The body shown in the document.</param>
/// <param name="TakesCsv">It takes a CSV file instead.</param>
/// <param name="Answers">By status.</param>
internal sealed record Operation(
    string Id, string Method, string Path, IReadOnlyList<Parameter> Parameters, JsonElement? Body, JsonElement? Example, bool TakesCsv,
    IReadOnlyDictionary<int, DocumentedAnswer> Answers)
{
    private readonly string[] segments = Path.Split('/');

    /// <summary>The collection it belongs to, which its ids are of: complaints, follow-ups, the buildings of a project, …</summary>
    public string Collection { get; } = Path.Split('/') switch
    {
        ["", "api", "v1", "projects", "{project}", var ofProject, ..] => ofProject,
        ["", "api", "v1", var name, ..] => name,
        _ => Path,
    };

    /// <summary>What the parts of its path are, in their order; each with the part before it, which says what it names.</summary>
    public IEnumerable<(string Before, string Name)> PathParts => segments.Zip(segments.Skip(1)).Where(s => s.Second.StartsWith('{')).Select(s => (s.First, s.Second.Trim('{', '}')));

    /// <summary>Reads the parts of its path from an address.</summary>
    public IReadOnlyDictionary<string, string> Read(string target)
    {
        var given = target.Split('?')[0].Split('/');
        return segments.Length != given.Length ? new Dictionary<string, string>()
            : segments.Zip(given).Where(s => s.First.StartsWith('{')).ToDictionary(s => s.First.Trim('{', '}'), s => Uri.UnescapeDataString(s.Second));
    }

    /// <summary>It speaks of one thing of the collection.</summary>
    public bool IsAboutOne => Path.Contains("{id}", StringComparison.Ordinal);

    /// <summary>It makes a thing whose id it answers.</summary>
    public bool Creates => Method == "POST" && Answers.ContainsKey(201) && !IsAboutOne;

    /// <summary>Its answer goes on for as long as somebody listens.</summary>
    public bool Streams => Answers.Values.Any(a => a.Content.ContainsKey("text/event-stream"));

    /// <summary>Whether it has a header parameter of this name.</summary>
    public bool Takes(string header) => Parameters.Any(p => p.In == "header" && p.Name == header);
}

/// <summary>An OpenAPI 3.1 document as a client reads it.</summary>
internal sealed class ApiDocument
{
    private readonly JsonElement root;

    private ApiDocument(JsonElement root)
    {
        this.root = root;
        Operations =
        [
            .. from path in root.GetProperty("paths").EnumerateObject()
               from verb in path.Value.EnumerateObject()
               select Read(verb.Name.ToUpperInvariant(), path.Name, verb.Value),
        ];
    }

    /// <summary>All operations, in the document's order.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>Reads the document's text.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static ApiDocument Parse(string json) => new(JsonDocument.Parse(json).RootElement);

    /// <summary>The schema itself, references followed.</summary>
    public JsonElement Resolve(JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out var reference))
        {
            var at = root;
            foreach (var step in reference.GetString()!.TrimStart('#', '/').Split('/')) at = at.GetProperty(step);
            schema = at;
        }

        return schema;
    }

    /// <summary>The schema of a named component; null when the document has none of this name.</summary>
    public JsonElement? Component(string name) =>
        root.GetProperty("components").GetProperty("schemas").TryGetProperty(name, out var schema) ? schema : null;

    private static Operation Read(string method, string path, JsonElement story)
    {
        var parameters = Members(story, "parameters").Select(p => new Parameter(
            p.GetProperty("name").GetString()!, p.GetProperty("in").GetString()!,
            p.TryGetProperty("required", out var required) && required.GetBoolean(), p.GetProperty("schema")));
        var media = story.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var json) ? json : (JsonElement?)null;
        return new Operation(
            story.GetProperty("operationId").GetString()!, method, path, [.. parameters], media?.GetProperty("schema"),
            media is { } m && m.TryGetProperty("example", out var example) ? example : null,
            story.TryGetProperty("requestBody", out var file) && file.GetProperty("content").TryGetProperty("text/csv", out _),
            story.GetProperty("responses").EnumerateObject().ToDictionary(r => int.Parse(r.Name), r => ReadAnswer(r.Value)));
    }

    private static DocumentedAnswer ReadAnswer(JsonElement answer) => new(
        answer.TryGetProperty("content", out var content) ? content.EnumerateObject().ToDictionary(c => c.Name, c => c.Value.GetProperty("schema")) : [],
        answer.TryGetProperty("headers", out var headers)
            ? [.. headers.EnumerateObject().Select(h => new AnswerHeader(
                h.Name, h.Value.TryGetProperty("required", out var required) && required.GetBoolean(), h.Value.GetProperty("schema")))]
            : []);

    private static IEnumerable<JsonElement> Members(JsonElement story, string name) =>
        story.TryGetProperty(name, out var list) ? list.EnumerateArray() : [];
}
