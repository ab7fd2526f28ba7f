using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crm.ApiTests.Operations;

/// <summary>A body with one thing wrong with it.</summary>
/// <param name="Field">The field that is wrong, as a path.</param>
/// <param name="What">What is wrong with it.</param>
/// <param name="Json">The body's text.</param>
public sealed record Mutation(string Field, string What, string Json);

/// <summary>Everything that can be wrong with a body, derived from its schema.</summary>
public static class BodyMutations
{
    /// <summary>Longer than any text may be.</summary>
    public static readonly string TooLong = new('长', 20_001);

    private const string Mark = "@@here@@";
    private static readonly string[] NotObjects = ["1", "\"x\"", "[]", "true"];

    /// <summary>Breaks each property of a valid body in each way that must be refused.</summary>
    public static IEnumerable<Mutation> Of(ApiDocument document, JsonElement schema, JsonObject valid) => OfObject(document, document.ShapeOf(schema), valid, valid, prefix: "");

    /// <summary>Sets each nullable property of a valid body to null.</summary>
    public static IEnumerable<Mutation> Nulls(ApiDocument document, JsonElement schema, JsonObject valid) =>
        document.ShapeOf(schema).Properties.Where(p => document.ShapeOf(p.Value).Nullable).Select(p => new Mutation(p.Key, "null", With(valid, valid, p.Key, "null")));

    private static IEnumerable<Mutation> OfObject(ApiDocument document, Shape shape, JsonObject body, JsonObject place, string prefix)
    {
        yield return new(prefix + "unknownMember", "unknown member", With(body, place, "unknownMember", "1"));
        foreach (var (name, schema) in shape.Properties)
        {
            var (field, member) = (prefix + name, document.ShapeOf(schema));
            foreach (var (what, raw) in WrongValues(member)) yield return new(field, what, With(body, place, name, raw));
            if (shape.Required.Contains(name)) yield return new(field, "missing", Without(body, place, name));
            if (place[name] is { } value) yield return new(field, "duplicate", With(body, place, name, $"{value.ToJsonString()},\"{name}\":{value.ToJsonString()}"));
            if (member.Type == "object" && place[name] is JsonObject inner)
                foreach (var mutation in OfObject(document, member, body, inner, field + ".")) yield return mutation;
            if (member.Items is { } items && place[name] is JsonArray)
                foreach (var (what, raw) in WrongValues(document.ShapeOf(items))) yield return new($"{field}[0]", what, With(body, place, name, $"[{raw}]"));
        }
    }

    private static IEnumerable<(string What, string Raw)> WrongValues(Shape shape)
    {
        if (!shape.Nullable) yield return ("null", "null");
        string[] wrong = shape.Type switch
        {
            "object" => NotObjects,
            "array" => ["1", "\"x\"", "{}", "true"],
            "string" => ["1", "true", "{}", "[]"],
            "integer" => ["\"1\"", "1.5", "true", "{}", "99999999999", $"{(shape.Minimum ?? 0) - 1}", "1e400"],
            "boolean" => ["\"true\"", "1", "{}"],
            _ => ["{\"unknown\":1}", "[[]]", "\"nonsense\"", "1e400", "{\"a\":\"\\u0000\"}"],
        };
        foreach (var raw in wrong) yield return ("type " + raw, raw);
        if (shape.Type is "string" or "any")
        {
            yield return ("U+0000", "\"a\\u0000b\"");
            yield return ("lone surrogate", "\"\\ud800\"");
            yield return ("lone low surrogate", "\"a\\udc00b\"");
            yield return ("over length", $"\"{TooLong}\"");
        }

        if (shape.Words is not null)
            foreach (var word in new[] { "0", "\"0\"", "\"nonsense\"", "\"\"", "\"hotline, web\"", "\"minor,major\"", "\"Major\"" }) yield return ("enum " + word, word);
        if (shape.Format == "date-time")
            foreach (var instant in new[] { "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-11-22", "2026-11-22T08:00:00", "2026-02-30T08:00:00Z", "yesterday", "" }) yield return ("instant " + instant, $"\"{instant}\"");
        if (shape.Format == "duration")
            foreach (var duration in new[] { "P1M", "P9999Y", "24", "-PT1H", "PT99999999999H", "" }) yield return ("duration " + duration, $"\"{duration}\"");
    }

    /// <summary>The body with <paramref name="raw"/> as the member <paramref name="name"/> of the object <paramref name="place"/> inside it.</summary>
    private static string With(JsonObject body, JsonObject place, string name, string raw)
    {
        var before = place[name];
        place[name] = Mark;
        var text = body.ToJsonString();
        if (before is null) place.Remove(name);
        else place[name] = before;
        return text.Replace($"\"{Mark}\"", raw, StringComparison.Ordinal);
    }

    private static string Without(JsonObject body, JsonObject place, string name)
    {
        var before = place[name];
        place.Remove(name);
        var text = body.ToJsonString();
        place[name] = before;
        return text;
    }
}
