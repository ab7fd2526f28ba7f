using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crm.Build.Fuzz;

/// <summary>Values that a schema allows: ordinary ones, and those at its edges. Names help to find ones that mean something.</summary>
internal sealed class Values(ApiDocument document, Lore lore, Random random)
{
    private static readonly string[] Texts =
    [
        "电梯停运", "The lift stands still.", "é́ combining", "مرحبا بالعالم", "👩‍👩‍👧‍👦 family", "O'Brien; DROP TABLE x; --", "<script>alert(1)</script>", "a\tb\nc\r\nd", "\u00a0", " ", "  padded  ",
        "\u202eright to left", "\ufeffbom", "\ufffd", "%00%0a", "{{7*7}}", "${jndi:ldap://x}", "../../etc/passwd", "null", "true", "0", "\"quoted\"", "back\\slash", "\u0001\u001f", "\u2028", "𝕌𝕟𝕚",
    ];

    private static readonly string[] Instants =
    [
        "2026-01-01T00:00:00Z", "2026-11-22T08:00:00.123456+08:00", "2026-11-21T23:59:59.9999999Z", "1900-01-01T00:00:00Z", "2199-12-31T23:59:59.999999Z", "2024-02-29T12:00:00-11:30",
        "2100-01-01T00:00:00Z", "2026-06-30T23:59:59Z", "1970-01-01T00:00:00Z",
    ];

    /// <summary>A value of the schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="name">The member's or parameter's name.</param>
    /// <param name="collection">The collection of the operation it is for.</param>
    public JsonNode? Of(JsonElement schema, string name, string collection)
    {
        if (schema.TryGetProperty("anyOf", out var choices))
            return Of(random.Next(5) == 0 ? choices.EnumerateArray().Last() : choices.EnumerateArray().First(), name, collection);
        var shape = document.Resolve(schema);
        if (shape.TryGetProperty("enum", out var words)) return JsonNode.Parse(words[random.Next(words.GetArrayLength())].GetRawText());
        return TypeOf(shape) switch
        {
            "object" => Object(shape, collection),
            "array" => new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Of(shape.GetProperty("items"), name, collection))]),
            "integer" => Integer(shape),
            "number" => random.NextDouble() * 100,
            "boolean" => random.Next(2) == 0,
            "string" => Text(shape, name, collection),
            "null" => null,
            _ => Anything(depth: 0),
        };
    }

    /// <summary>An object with what is required and some of the rest.</summary>
    public JsonObject Object(JsonElement shape, string collection)
    {
        var made = new JsonObject();
        if (!shape.TryGetProperty("properties", out var properties)) return made;
        var required = shape.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(n => n.GetString()).ToHashSet() : [];
        var generosity = random.Next(4);
        foreach (var property in properties.EnumerateObject().Where(p => required.Contains(p.Name) || random.Next(4) < generosity))
            made[property.Name] = Of(property.Value, property.Name, collection);
        return made;
    }

    private string TypeOf(JsonElement shape)
    {
        if (!shape.TryGetProperty("type", out var type)) return "any";
        if (type.ValueKind != JsonValueKind.Array) return type.GetString()!;
        string[] types = [.. type.EnumerateArray().Select(t => t.GetString()!)];
        var isNull = types.Contains("null") && random.Next(6) == 0;
        return types.First(t => (t == "null") == isNull);
    }

    private JsonNode Integer(JsonElement shape)
    {
        var (least, most) = (Bound("minimum", 1), Bound("maximum", 5));
        return random.Next(6) switch { 0 => least, 1 => most, _ => random.NextInt64(least, most + 1) };
        long Bound(string keyword, long otherwise) => shape.TryGetProperty(keyword, out var bound) ? bound.GetInt64() : otherwise;
    }

    private JsonNode Text(JsonElement shape, string name, string collection) => shape.TryGetProperty("format", out var format) ? format.GetString() switch
    {
        "uuid" => Thing(name, collection),
        "date-time" => Instants[random.Next(Instants.Length)],
        "duration" => ((string[])["PT0S", "PT1S", "PT24H", "P10D", "PT0.000001S", "P3650D"])[random.Next(6)],
        "date" when random.Next(2) == 0 && lore.Any("rosters in demo", random) is { } month => $"{month}-{random.Next(1, 29):00}",
        "date" => ((string[])["2026-11-22", "2026-12-01", "2026-12-31", "2027-01-15", "2028-02-29", "2026-10-01"])[random.Next(6)],
        _ => Words(shape),
    } : Known(name, collection) is { } known && random.Next(8) > 0 ? known : Words(shape);

    /// <summary>The id of something that is there: of what the name says, or of the same collection.</summary>
    public string Thing(string name, string collection) => lore.Any(
        name switch
        {
            "origin" => "complaints",
            "id" when collection == "shift-handovers" => "complaints",
            "wanted" or "rosters" => "people",
            _ => collection,
        }, random) ?? Guid.NewGuid().ToString();

    /// <summary>A file of units in buildings that are there, and at times in one that is not.</summary>
    public string UnitsFile()
    {
        var lines = Enumerable.Range(0, random.Next(1, 12)).Select(_ => $"{(random.Next(12) == 0 ? null : lore.Any("buildings in demo", random)) ?? "12"},{random.Next(1, 30)}{random.Next(1, 9):00},{random.Next(1, 34)},{random.Next(20, 300)}.5");
        return random.Next(6) == 0 ? Texts[random.Next(Texts.Length)] : $"楼栋,房号,楼层,建筑面积(㎡)\n{string.Join('\n', lines)}\n";
    }

    /// <summary>Words that mean something to the system.</summary>
    private string? Known(string name, string collection) => name switch
    {
        "project" => random.Next(8) switch { 0 => "harbour", 1 => "nowhere", _ => "demo" },
        "staff" or "people" or "receivedBy" or "assignee" or "to" or "successor" or "manager" or "inCharge" =>
            ((string[])["demo.admin", "demo.desk", "demo.head", "demo.officer", "demo.manager", "harbour.officer", "nobody"])[random.Next(7)],
        "category" => lore.Any("categories code", random) ?? "other",
        "phone" => ((string[])["13800138000", "+86 138 0013 8000", "１３８００１３８０００", "010-88886666", "400 820 8820", "+442079460958"])[random.Next(6)],
        "system" or "sourceSystem" => ((string[])["hotline-1", "hotline-2", "web"])[random.Next(3)],
        "ticketNumber" or "sourceTicket" => $"F{random.Next(3_000)}",
        "permissions" => ((string[])["complaints.read", "complaints.register", "complaints.handle", "followUps.read", "organization.read"])[random.Next(5)],
        "month" => ((string[])["2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2030-02"])[random.Next(6)],
        "shift" or "shifts" => lore.Any("shifts in demo", random) ?? "day",
        "building" => lore.Any("buildings in demo", random),
        "form" => lore.Any("appraisal-forms code", random),
        "kind" when collection == "violations" => lore.Any("violation-kinds code", random),
        "company" => lore.Any("companies code", random),
        "area" => lore.Any("areas code", random),
        "department" => lore.Any("departments code", random),
        "role" => lore.Any("roles name", random),
        "begins" or "ends" or "opens" or "closes" => $"{random.Next(24):00}:{random.Next(4) * 15:00}",
        "projects" => random.Next(6) == 0 ? "harbour" : "demo",
        "place" => ((string[])["demo", "demo-east", "demo-leasing"])[random.Next(3)],
        "name" when collection == "policies" => lore.Any("policies name", random),
        _ => null,
    };

    private string Words(JsonElement shape)
    {
        var most = shape.TryGetProperty("maxLength", out var bound) ? bound.GetInt32() : 200;
        var text = random.Next(6) switch
        {
            0 => new string('长', most),
            1 => string.Concat(Enumerable.Range(0, Math.Max(1, Math.Min(most, 40) / 2)).Select(_ => char.ConvertFromUtf32(random.Next(0x20, 0xd7ff)))),
            _ => Texts[random.Next(Texts.Length)],
        };
        return text.Length <= most ? text : text[..most];
    }

    private JsonNode? Anything(int depth) => random.Next(depth > 2 ? 5 : 7) switch
    {
        0 => null,
        1 => random.Next(-5, 100),
        2 => ((string[])["PT12H", "PT0S", "P3650D", "PT1S", "minor"])[random.Next(5)],
        3 => random.Next(2) == 0,
        4 => Texts[random.Next(Texts.Length)],
        5 => new JsonArray(Anything(depth + 1), Anything(depth + 1)),
        _ => new JsonObject { ["from"] = Anything(depth + 1), ["attempts"] = Anything(depth + 1) },
    };
}
