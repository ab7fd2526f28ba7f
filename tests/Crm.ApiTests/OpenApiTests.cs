using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.ApiTests.Infrastructure;
using Crm.ApiTests.Operations;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>The document that clients are generated from.</summary>
public sealed class OpenApiTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    [Fact]
    public async Task The_document_is_the_one_that_is_committed() =>
        await CommittedText.IsAsync((await system.Admin.GetAsync("/openapi/v1.json")).Is(200).Content, "build", "openapi.json");

    [Fact]
    public async Task It_is_openapi_3_1_and_can_be_read_without_signing_in()
    {
        var document = (await system.Host.Anonymous().GetAsync("/openapi/v1.json")).Is(200).Json;
        document.GetProperty("openapi").GetString().ShouldStartWith("3.1.");
        document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Select(s => s.Name).ShouldBe(["bearer", "apiKey"], ignoreOrder: true);
        document.GetRawText().ShouldNotContain("\"nullable\"", Case.Sensitive, "that was 3.0");
    }

    [Fact]
    public async Task Each_operation_tells_its_whole_story()
    {
        var missing = new List<string>();
        var document = await ApiDocument.ReadAsync(system.Admin);
        foreach (var operation in document.Operations)
        {
            foreach (var member in new[] { "operationId", "summary", "description" })
                if (!operation.Story.TryGetProperty(member, out var text) || string.IsNullOrWhiteSpace(text.GetString())) missing.Add($"{operation}: {member}");
            if (operation.Story.GetProperty("tags").GetArrayLength() != 1) missing.Add($"{operation}: tag");
            if (operation.Body is not null && !operation.Story.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").TryGetProperty("example", out _)) missing.Add($"{operation}: example");
            if (operation.Body is not null && !operation.Documents(413)) missing.Add($"{operation}: 413");
            if ((operation.Body is not null || operation.Query.Count > 0) && !operation.Documents(400)) missing.Add($"{operation}: 400");
            if (operation.IsApi) missing.AddRange(new[] { 401, 403, 404, 429, 503 }.Where(status => !operation.Documents(status)).Select(status => $"{operation}: {status}"));
            missing.AddRange(new[] { 429, 503 }.Where(status => operation.IsApi && !operation.Headers(status).Contains("Retry-After")).Select(status => $"{operation}: {status} without Retry-After"));
            if (operation.Answer(200) is { } read && document.ShapeOf(read).Properties.ContainsKey("version") && !operation.Headers(200).Contains("ETag")) missing.Add($"{operation}: ETag");
            if (operation.IsApi && !operation.Story.TryGetProperty("security", out _)) missing.Add($"{operation}: security");
            foreach (var (name, parameter) in operation.Query)
                if (!parameter.TryGetProperty("description", out _)) missing.Add($"{operation}: {name} is not described");
            foreach (var response in operation.Story.GetProperty("responses").EnumerateObject().Where(r => r.Name[0] is '4' or '5' && operation.IsApi))
                if (!response.Value.GetProperty("content").TryGetProperty("application/problem+json", out _)) missing.Add($"{operation}: {response.Name} is no problem document");
        }

        missing.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_examples_are_bodies_the_host_takes()
    {
        var wrong = new List<string>();
        var document = await ApiDocument.ReadAsync(system.Admin);
        foreach (var operation in document.Operations.Where(o => o.Body is not null))
        {
            var example = operation.Story.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example");
            wrong.AddRange(Conformance.Check(document, operation.Body!.Value, example).Select(w => $"{operation}: {w}"));
            var call = await new SuccessfulCalls(system).PrepareAsync(operation.Id);
            var answer = await SendAsync(operation, call, Here(operation.Id, example, call));
            if ((int)answer.Status is not (200 or 201)) wrong.Add($"{operation}: {(int)answer.Status} {answer.Content}");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_nullable_reference_is_any_of_the_reference_and_null()
    {
        var schemas = (await system.Admin.GetAsync("/openapi/v1.json")).Is(200).Json.GetProperty("components").GetProperty("schemas");
        var nullable = 0;
        foreach (var property in schemas.EnumerateObject().Where(s => s.Value.TryGetProperty("properties", out _)).SelectMany(s => s.Value.GetProperty("properties").EnumerateObject()))
        {
            if (!property.Value.TryGetProperty("anyOf", out var any)) continue;
            var (reference, nothing) = (any[0], any[1]);
            any.GetArrayLength().ShouldBe(2, property.Name);
            schemas.TryGetProperty(reference.GetProperty("$ref").GetString()!.Split('/')[^1], out _).ShouldBeTrue(property.Name);
            nothing.GetProperty("type").GetString().ShouldBe("null", property.Name);
            nullable++;
        }

        nullable.ShouldBeGreaterThanOrEqualTo(8);
        foreach (var (schema, member) in new[] { ("ComplaintDetails", "customer"), ("ComplaintDetails", "source"), ("ComplaintDetails", "majorCriterion"), ("ComplaintDetails", "followUpExemption"), ("RegisterComplaintBody", "customer"), ("VisitView", "notReached") })
            schemas.GetProperty(schema).GetProperty("properties").GetProperty(member).TryGetProperty("anyOf", out _).ShouldBeTrue($"{schema}.{member}");
    }

    [Fact]
    public async Task What_is_not_required_may_be_left_out()
    {
        var (wrong, tried) = (new List<string>(), 0);
        var document = await ApiDocument.ReadAsync(system.Admin);
        foreach (var operation in document.Operations.Where(o => o.Body is not null))
        {
            var shape = document.ShapeOf(operation.Body!.Value);
            foreach (var name in shape.Properties.Keys.Except(shape.Required))
            {
                var call = await new SuccessfulCalls(system).PrepareAsync(operation.Id);
                if (!call.Body!.Remove(name)) continue;
                // Members that a rule ties to one another.
                if ((operation.Id, name) is ("registerComplaint", "severity" or "majorCriterion") or ("recordFollowUpOutcome", "satisfaction" or "signature") or ("setDevelopmentClock", "advance") or ("openDepartment", "company") or ("giveRole", "place")) continue;
                var answer = await SendAsync(operation, call, call.Body);
                if ((int)answer.Status is not (200 or 201)) wrong.Add($"{operation} without {name}: {(int)answer.Status} {answer.Content}");
                tried++;
            }
        }

        wrong.ShouldBeEmpty();
        tried.ShouldBeGreaterThan(15);
    }

    /// <summary>An example as it reads here: rows and instants that it names are those of the call that was prepared.</summary>
    private static string Here(string operation, JsonElement example, PreparedCall call)
    {
        string[] names = operation switch
        {
            "arrangeRoster" => ["add"],
            "correctRoster" => ["remove", "add"],
            "extendShift" => ["until"],
            "mergeCustomers" => ["other"],
            "askSwap" => ["staff", "wanted"],
            "writeHandover" => ["shift", "date"],
            _ => [],
        };
        var body = JsonNode.Parse(example.GetRawText())!;
        foreach (var name in names) body[name] = call.Body![name]?.DeepClone();
        return body.ToJsonString();
    }

    private Task<Reply> SendAsync(Operation operation, PreparedCall call, object body) =>
        system.Admin.SendAsync(new HttpMethod(operation.Method), call.Path, body, operation.Method == "POST" ? Api.NewKey() : null, call.IfMatch);
}
