using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crm.Build.Fuzz;

/// <summary>Bodies with something wrong in them: in one member, or in the text as a whole.</summary>
internal sealed class BodyFlaws(Random random)
{
    private const string Mark = "@@here@@";

    private static readonly string[] WrongValues =
    [
        "null", "true", "1", "-1", "0", "1.5", "1e400", "-1e400", "9223372036854775808", "99999999999999999999999999", "1e-400", "\"\"", "\"x\"", "{}", "[]", "[[]]", "[null]", "{\"a\":1}",
        "\"a\\u0000b\"", "\"\\ud800\"", "\"a\\udc00b\"", "\"\\uffff\"", "\"9999-12-31T23:59:59Z\"", "\"0001-01-01T00:00:00Z\"", "\"2026-02-30T08:00:00Z\"", "\"2026-11-22\"",
        "\"P1M\"", "\"P9999Y\"", "\"-PT1H\"", "\"PT99999999999H\"", "\"Minor\"", "\"minor,major\"", "\"00000000-0000-0000-0000-000000000000\"", "\"NaN\"", "NaN", "Infinity", "undefined", "'x'", "+1", "01", "0x10",
    ];

    /// <summary>Texts that are no body of any operation.</summary>
    private static readonly byte[][] Nonsense =
    [
        [], .. ((string[])[" ", "{", "}", "null", "[]", "1", "\"x\"", "{\"a\":}", "{}}", "{,}", "{\"a\" 1}", "\u0000", "{\"\\ud800\":1}", "{\"a\\u0000\":1}", "//x", "{\"a\":1,}", "----x\r\nContent-Disposition: form-data", "a=1&b=2", "<x/>"])
            .Select(Encoding.UTF8.GetBytes),
        [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00], [0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d], [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], [0x1f, 0x8b, 0x08, 0x00],
    ];

    /// <summary>Breaks the body of a request that was right.</summary>
    public FuzzRequest Break(FuzzRequest right) => random.Next(10) switch
    {
        0 => Member(right, "unknown member", (body, name) => body.ToJsonString().Insert(1, $"\"unknown{name}\":1,"), must: true),
        1 => Member(right, "missing member", (body, name) => Without(body, name)),
        2 => Member(right, "duplicate member", (body, name) => body.ToJsonString().Insert(1, $"{JsonSerializer.Serialize(name)}:{body[name]?.ToJsonString() ?? "null"},"), must: true),
        3 => Member(right, "over length", (body, name) => With(body, name, JsonSerializer.Serialize(new string('长', random.Next(1_000, 70_000))))),
        4 => Whole(right),
        5 => right with { Flaw = "300 kB", Body = Encoding.UTF8.GetBytes($"{{\"x\":\"{new string('x', 300_000)}\"}}"), MustBeRefused = true },
        6 => Deep(right),
        _ => Wrong(right),
    };

    private FuzzRequest Wrong(FuzzRequest right)
    {
        var raw = WrongValues[random.Next(WrongValues.Length)];
        return Member(right, $"member {raw}", (body, name) => With(body, name, raw));
    }

    private FuzzRequest Whole(FuzzRequest right) => random.Next(3) switch
    {
        0 => right with { Flaw = "cut off", Body = right.Body![..random.Next(right.Body!.Length)], MustBeRefused = true },
        1 => right with { Flaw = "something behind the body", Body = [.. right.Body!, .. Encoding.UTF8.GetBytes(((string[])[",", "{}", "x", "\u0000"])[random.Next(4)])], MustBeRefused = true },
        _ => right with { Flaw = "nonsense for a body", Body = Nonsense[random.Next(Nonsense.Length)], MustBeRefused = true },
    };

    private FuzzRequest Deep(FuzzRequest right)
    {
        var depth = random.Next(17, 20_000);
        var (open, close) = random.Next(2) == 0 ? ("[", "]") : ("{\"a\":", "}");
        var deep = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
        return Member(right, "deep nesting", (body, name) => With(body, name, deep), must: true);
    }

    /// <summary>Breaks one member, at times one of an object inside.</summary>
    private FuzzRequest Member(FuzzRequest right, string flaw, Func<JsonObject, string, string> broken, bool must = false)
    {
        if (Parse(right) is not { Count: > 0 } body) return right with { Flaw = "nonsense for a body", Body = Nonsense[random.Next(Nonsense.Length)], MustBeRefused = true };
        var name = body.ElementAt(random.Next(body.Count)).Key;
        if (body[name] is JsonObject { Count: > 0 } inner && random.Next(2) == 0)
        {
            var text = broken(inner.DeepClone().AsObject(), inner.ElementAt(random.Next(inner.Count)).Key);
            return right.WithBody(With(body, name, text)) with { Flaw = flaw, MustBeRefused = must };
        }

        return right.WithBody(broken(body, name)) with { Flaw = flaw, MustBeRefused = must };
    }

    private static JsonObject? Parse(FuzzRequest right)
    {
        try
        {
            return JsonNode.Parse(right.Body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string With(JsonObject body, string name, string raw)
    {
        body[name] = Mark;
        return body.ToJsonString().Replace($"\"{Mark}\"", raw, StringComparison.Ordinal);
    }

    private static string Without(JsonObject body, string name)
    {
        body.Remove(name);
        return body.ToJsonString();
    }
}
