using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crm.Build.Fuzz;

/// <summary>Writes requests that are right by the document, on things the system has told of.</summary>
internal sealed class Composer(ApiDocument document, Lore lore, Random random)
{
    private readonly Values values = new(document, lore, random);

    /// <summary>A request of the operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="id">The thing it is about; null for one that is known, or none.</param>
    public FuzzRequest Compose(Operation operation, string? id = null)
    {
        id ??= lore.Any(Shelf(operation), random) is { } known && random.Next(20) > 0 ? known : Guid.CreateVersion7().ToString();
        var address = Address(operation, id);
        var headers = new List<(string, string)>();
        if (lore.Tokens.Count > 0) headers.Add(("Authorization", $"Bearer {lore.Tokens[random.Next(4) == 0 ? random.Next(lore.Tokens.Count) : 0]}"));
        if (random.Next(3) == 0) headers.Add(("Accept-Language", ((string[])["zh-CN", "en", "fr", "zh;q=0.5, en"])[random.Next(4)]));
        foreach (var header in operation.Parameters.Where(p => p.In == "header" && (p.Required || random.Next(4) == 0)))
        {
            if (header.Name == "Idempotency-Key") headers.Add((header.Name, $"fuzz-{random.NextInt64():x}"));
            if (header.Name == "If-Match") headers.Add((header.Name, $"\"{lore.VersionAt(address)}\""));
        }

        var request = new FuzzRequest(operation, operation.Method, address + Query(operation), headers);
        if (operation.TakesCsv) return request with { Body = Encoding.UTF8.GetBytes(values.UnitsFile()), ContentType = "text/csv" };
        return operation.Body is { } schema ? request.WithBody(Body(operation, schema).ToJsonString()) : request;
    }

    /// <summary>Where the ids of an operation are learned: shifts that somebody has are seen in rosters only.</summary>
    private string Shelf(Operation operation) => operation.Collection == "shift-assignments" ? random.Next(2) == 0 ? "people" : "duty" : operation.Collection;

    private string Address(Operation operation, string id)
    {
        var project = random.Next(10) == 0 ? "harbour" : "demo";
        var address = operation.Path;
        foreach (var (before, name) in operation.PathParts)
        {
            var value = name switch
            {
                "id" => id,
                "project" => project,
                "code" when before == "{project}" => lore.Any($"{operation.Collection} in {project}", random) ?? "day",
                "month" or "building" => lore.Any($"{operation.Collection} in {project}", random) ?? "2026-12",
                "code" or "name" => Word(operation, name) ?? (name == "code" ? "demo" : "nobodysRole"),
                // Homes of a customer, deliveries of a webhook, roles of a person.
                _ => lore.Any($"{id} {before}", random) ?? Guid.CreateVersion7().ToString(),
            };
            address = address.Replace($"{{{name}}}", Uri.EscapeDataString(value));
        }

        return address;
    }

    /// <summary>A code or name; of people and roles that the fuzzer lives by only to ask about them.</summary>
    private string? Word(Operation operation, string word)
    {
        var shelf = operation.Collection == "agents" ? "staff" : operation.Collection;
        for (var attempt = 0; attempt < 8; attempt++)
            if (lore.Any($"{shelf} {word}", random) is var value && (value is null || operation.Method == "GET" || !lore.TheirRights.ContainsKey(value))) return value;
        return "somebody-else";
    }

    /// <summary>A body of the operation: its example, a body after its schema, or a mixture.</summary>
    public JsonObject Body(Operation operation, JsonElement schema)
    {
        // Setting the clock on by much would ring everything and end everything; the walk itself is tested elsewhere.
        if (operation.Id == "setDevelopmentClock") return new JsonObject { ["advance"] = ((string[])["PT0S", "PT1S", "PT30S"])[random.Next(3)] };

        var made = values.Object(document.Resolve(schema), operation.Collection);
        if (operation.Example is not { } example || random.Next(3) == 0) return made;
        var mixed = Today(JsonNode.Parse(example.GetRawText()), name: "", operation.Collection)!.AsObject();
        foreach (var (name, value) in made.Where(_ => random.Next(3) == 0).ToList()) mixed[name] = value?.DeepClone();
        return mixed;
    }

    /// <summary>The example with things that are there instead of those it names.</summary>
    private JsonNode? Today(JsonNode? example, string name, string collection) => example switch
    {
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Today(m.Value, m.Key, collection)))),
        JsonArray list => new JsonArray([.. list.Select(item => Today(item, name, collection))]),
        JsonValue said when said.TryGetValue(out string? text) && Guid.TryParse(text, out _) => values.Thing(name, collection),
        _ => example?.DeepClone(),
    };

    private string Query(Operation operation)
    {
        var query = new StringBuilder();
        foreach (var parameter in operation.Parameters.Where(p => p.In == "query" && (p.Required || random.Next(4) == 0)))
        {
            var value = parameter.Name switch
            {
                "cursor" => lore.Any($"cursor {operation.Id}", random),
                "limit" => $"{(random.Next(3) == 0 ? random.Next(1, 201) : random.Next(1, 6))}",
                _ => values.Of(parameter.Schema, parameter.Name, operation.Collection) is { } made ? made.GetValueKind() == JsonValueKind.String ? (string?)made : made.ToJsonString() : null,
            };
            if (value is null) continue;
            query.Append(query.Length == 0 ? '?' : '&').Append(parameter.Name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return query.ToString();
    }
}
