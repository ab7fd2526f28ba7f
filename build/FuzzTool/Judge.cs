using System.Text.Json;

namespace Crm.Build.Fuzz;

/// <summary>Holds answers against the document.</summary>
internal sealed class Judge(ApiDocument document, Findings findings)
{
    /// <summary>What a web server may say by itself of something that is hardly HTTP, before any application sees it.</summary>
    private static readonly int[] OfTheServer = [400, 408, 411, 414, 417, 431, 501, 505];

    /// <summary>What may be answered at an address or to a method that no operation has.</summary>
    private static readonly int[] Elsewhere = [400, 401, 403, 404, 405, 413, 429];

    private readonly SchemaCheck check = new(document);

    /// <summary>Judges the answer; what is wrong goes to the findings.</summary>
    public void Judges(FuzzRequest request, FuzzAnswer answer)
    {
        var isBare = answer.Body.Length == 0 && answer.ContentType is null;
        if (answer.Status >= 500 && answer.Status != 504) findings.Add(request, answer, "server error", answer.Text);
        else if (request.Operation is { } operation) JudgeBy(operation, request, answer, isBare);
        else if (answer.Status >= 400) JudgeElsewhere(request, answer, isBare);
        if (request.MustBeRefused && answer.IsSuccess) findings.Add(request, answer, "taken although broken", $"{request.Flaw}: {answer.Text}");
    }

    private void JudgeBy(Operation operation, FuzzRequest request, FuzzAnswer answer, bool isBare)
    {
        if (request.Flaw is not null && isBare && OfTheServer.Contains(answer.Status)) return;
        if (!operation.Answers.TryGetValue(answer.Status, out var documented))
        {
            findings.Add(request, answer, "undocumented status", answer.Text);
            return;
        }

        foreach (var header in documented.Headers)
        {
            if (!answer.Headers.TryGetValue(header.Name, out var value))
            {
                if (header.Required) findings.Add(request, answer, $"header {header.Name} is missing", "");
            }
            else
            {
                foreach (var wrong in check.Check(header.Schema, AsJson(document.Resolve(header.Schema), value), header.Name))
                    findings.Add(request, answer, $"header {header.Name}", wrong);
            }
        }

        if (documented.Content.Count == 0)
        {
            if (answer.Body.Length > 0) findings.Add(request, answer, "a body that is not documented", answer.Text);
        }
        else if (answer.ContentType is null || !documented.Content.TryGetValue(answer.ContentType, out var schema))
        {
            findings.Add(request, answer, "undocumented content type", $"{answer.ContentType ?? "none"} instead of {string.Join(", ", documented.Content.Keys)}");
        }
        else if (answer.ContentType == "application/x-ndjson")
        {
            foreach (var line in answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)) JudgeBody(schema, request, answer, System.Text.Encoding.UTF8.GetBytes(line));
        }
        else
        {
            JudgeBody(schema, request, answer, answer.Body);
        }
    }

    private void JudgeElsewhere(FuzzRequest request, FuzzAnswer answer, bool isBare)
    {
        if (isBare && (OfTheServer.Contains(answer.Status) || request.Method.Equals("HEAD", StringComparison.OrdinalIgnoreCase))) return;
        // Another method can be another operation's.
        if (!Elsewhere.Contains(answer.Status) && !document.Operations.Any(o => o.Answers.ContainsKey(answer.Status)))
            findings.Add(request, answer, "unexpected status", answer.Text);
        if (request.Method == "HEAD") return;
        if (answer.ContentType != "application/problem+json") findings.Add(request, answer, "no problem document", answer.ContentType ?? "no content type");
        else if (document.Component("Problem") is { } problem) JudgeBody(problem, request, answer, answer.Body);
    }

    private void JudgeBody(JsonElement schema, FuzzRequest request, FuzzAnswer answer, byte[] json)
    {
        try
        {
            using var body = JsonDocument.Parse(json);
            foreach (var wrong in check.Check(schema, body.RootElement)) findings.Add(request, answer, "against its schema", wrong);
            if (answer.ContentType == "application/problem+json" && (!body.RootElement.TryGetProperty("status", out var status) || status.GetInt32() != answer.Status))
                findings.Add(request, answer, "against its schema", "$.status is not the status of the answer");
        }
        catch (JsonException broken)
        {
            findings.Add(request, answer, "no JSON", broken.Message);
        }
    }

    /// <summary>A header is text; a schema that asks for a number sees one.</summary>
    private static JsonElement AsJson(JsonElement schema, string value) =>
        schema.TryGetProperty("type", out var type) && type.ValueEquals("integer") && long.TryParse(value, out var number)
            ? JsonSerializer.SerializeToElement(number)
            : JsonSerializer.SerializeToElement(value);
}
