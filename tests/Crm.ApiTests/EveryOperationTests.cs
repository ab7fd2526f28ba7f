using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.ApiTests.Infrastructure;
using Crm.ApiTests.Operations;
using Crm.Shared.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>
/// A host with one connection to each module's schema: whatever asks for a second one of a pool while it holds the first waits in vain.
/// </summary>
public sealed class ScantSystem(TestServer server) : CrmSystem(server)
{
    protected override (string Key, string Value)[] Settings => [("Crm:PoolLimit", "1")];
}

/// <summary>What holds for every operation of the host, generated from its document.</summary>
public sealed partial class EveryOperationTests(ScantSystem system) : IClassFixture<ScantSystem>
{
    private readonly SuccessfulCalls calls = new(system);
    private readonly List<string> violations = [];

    [Fact]
    public async Task The_document_tells_of_exactly_the_endpoints_the_host_has()
    {
        var document = await ApiDocument.ReadAsync(system.Admin);
        var endpoints = Endpoints().SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} {Constraint().Replace(e.RoutePattern.RawText!, "{$1}")}"));
        document.Operations.Select(o => $"{o.Method} {o.Path}").ShouldBe(endpoints, ignoreOrder: true);
        document.Operations.Select(o => o.Id).ShouldBeUnique();
        document.Operations.Count.ShouldBeGreaterThanOrEqualTo(65);
        foreach (var operation in document.Operations.Where(o => o.IsApi)) Right(operation).ShouldNotBeNull(operation.Id);
    }

    [Fact]
    public async Task The_owner_succeeds_nobody_gets_401_a_guest_403_and_a_stranger_404()
    {
        var (anonymous, forged, guest, harbour) = (system.Host.Anonymous(), system.Host.Machine("crm_forged"), await system.SignInAsync("demo.guest"), await system.SignInAsync("harbour.officer"));
        foreach (var operation in (await ApiDocument.ReadAsync(system.Admin)).Operations)
        {
            var call = await calls.PrepareAsync(operation.Id);
            if (operation.IsApi)
            {
                foreach (var nobody in new[] { anonymous, forged }) Expect(operation, await SendAsync(nobody, operation, call), "nobody", 401);
                Expect(operation, await SendAsync(guest, operation, call), "a guest", 403);
                var stranger = await SendAsync(harbour, operation, call);
                var machine = system.Host.Machine(await calls.KeyWithAsync(Right(operation)!.Permission, "harbour"));
                if (Right(operation)!.Everywhere)
                {
                    Expect(operation, stranger, "a stranger", 403);
                    Expect(operation, await SendAsync(machine, operation, call), "a machine of one project", 403);
                    await SucceedAsync(operation, call);
                    continue;
                }

                if ((int)stranger.Status == 403) stranger = await SendAsync(machine, operation, call);
                // What names nothing of a project is for everybody who may ask: there is nothing to keep quiet about.
                var named = operation.Path.Contains('{') && !operation.Path.Contains("/roles/{name}", StringComparison.Ordinal) || call.Path.Contains("demo", StringComparison.Ordinal) || call.Body?["project"] is not null || call.Body?["projects"] is not null;
                // What is everybody's own has another version for everybody.
                if (call.IfMatch is null || named || (int)stranger.Status != 412) ExpectNothingOfDemo(operation, stranger, named);
                if (operation.Body is not null) Expect(operation, await SendAsync(machine, operation, call with { Body = Naming(call.Body!) }), "a stranger with a bad body", named ? 404 : 400);
            }

            await SucceedAsync(operation, call);
        }

        violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whatever_is_wrong_with_a_body_the_answer_is_400_and_names_the_field()
    {
        var tried = 0;
        foreach (var operation in (await ApiDocument.ReadAsync(system.Admin)).Operations.Where(o => o.Body is not null))
        {
            var call = await calls.PrepareAsync(operation.Id);
            foreach (var mutation in BodyMutations.Of(operation.Document, operation.Body!.Value, call.Body!))
            {
                var answer = await SendAsync(system.Admin, operation, call, mutation.Json);
                var isOtherProject = mutation is { Field: "project" or "projects[0]", What: "over length" };
                if (Expect(operation, answer, $"{mutation.Field} {mutation.What}", isOtherProject ? 404 : 400)) ExpectNamed(operation, answer, mutation.Field, mutation.What);
                tried++;
            }

            foreach (var broken in new[] { "{", "", "null", "[]", "1", "\"x\"", "{\"a\":}", "{}}", "\u0000", $"{new string('[', 100)}{new string(']', 100)}", call.Body!.ToJsonString() + ",", "// a comment\n" + call.Body!.ToJsonString() })
                Expect(operation, await SendAsync(system.Admin, operation, call, broken), $"body '{broken}'", 400);
            foreach (var type in new[] { "text/plain", "application/xml", "application/x-www-form-urlencoded" })
                Expect(operation, await SendAsync(system.Admin, operation, call, call.Body!.ToJsonString(), contentType: type), type, 400);
            Expect(operation, await SendAsync(system.Admin, operation, call, $"{{\"x\":\"{new string('x', 300_000)}\"}}"), "300 kB", 413);

            var owner = await SendAsync(system.Admin, operation, call);
            if ((int)owner.Status is not (200 or 201)) violations.Add($"{operation}: after all that the valid body got {(int)owner.Status} {owner.Content}");
        }

        violations.ShouldBeEmpty();
        tried.ShouldBeGreaterThan(600);
    }

    [Fact]
    public async Task What_the_document_calls_nullable_may_be_null()
    {
        var tried = 0;
        foreach (var operation in (await ApiDocument.ReadAsync(system.Admin)).Operations.Where(o => o.Body is not null))
        {
            foreach (var mutation in BodyMutations.Nulls(operation.Document, operation.Body!.Value, (await calls.PrepareAsync(operation.Id)).Body!))
            {
                var call = await calls.PrepareAsync(operation.Id);
                var fresh = BodyMutations.Nulls(operation.Document, operation.Body!.Value, call.Body!).Single(m => m.Field == mutation.Field);
                // Where two members belong together, a rule says so in its own words.
                var isRuled = (operation.Id, mutation.Field) is ("registerComplaint", "severity" or "majorCriterion") or ("recordFollowUpOutcome", "satisfaction" or "signature") or ("setDevelopmentClock", "advance") or ("openDepartment", "company") or ("giveRole", "place");
                var answer = await SendAsync(system.Admin, operation, call, fresh.Json);
                Expect(operation, answer, $"{mutation.Field} null", isRuled ? 400 : (int)(await SendAsync(system.Admin, operation, await calls.PrepareAsync(operation.Id))).Status);
                if (isRuled && answer.Content.Contains("wrong type", StringComparison.Ordinal)) violations.Add($"{operation}: {mutation.Field} null is called a wrong type");
                tried++;
            }
        }

        violations.ShouldBeEmpty();
        tried.ShouldBeGreaterThan(15);
    }

    [Fact]
    public async Task Whatever_is_wrong_with_a_query_the_answer_is_400_and_names_the_parameter()
    {
        var tried = 0;
        foreach (var operation in (await ApiDocument.ReadAsync(system.Admin)).Operations.Where(o => o.Query.Count > 0))
        {
            var call = await calls.PrepareAsync(operation.Id);
            foreach (var (name, value) in WrongQueries(operation))
            {
                var path = call.Path.Split('?')[0];
                var given = operation.Query.Where(p => p.Key != name && p.Value.TryGetProperty("required", out var r) && r.GetBoolean()).Select(p => $"{p.Key}={(IsDate(p.Value) ? "2026-02-01" : IsBoolean(p.Value) ? "true" : "demo")}");
                var answer = await SendAsync(system.Admin, operation, call with { Path = $"{path}?{string.Join('&', given.Append($"{name}={value}"))}" });
                if (Expect(operation, answer, $"?{name}={value}", 400)) ExpectNamed(operation, answer, name, value);
                tried++;
            }

            foreach (var required in operation.Query.Where(p => p.Value.TryGetProperty("required", out var r) && r.GetBoolean()))
            {
                var answer = await SendAsync(system.Admin, operation, call with { Path = call.Path.Split('?')[0] });
                if (Expect(operation, answer, $"without {required.Key}", 400)) ExpectNamed(operation, answer, required.Key, "missing");
            }
        }

        violations.ShouldBeEmpty();
        tried.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("GET", "/api/v1/complaints/not-a-uuid", 404)]
    [InlineData("GET", "/api/v1/complaints/00000000-0000-0000-0000-000000000000", 404)]
    [InlineData("GET", "/api/v1/nothing", 404)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("PUT", "/api/v1/complaints", 405)]
    [InlineData("DELETE", "/api/v1/complaints/00000000-0000-0000-0000-000000000000", 405)]
    [InlineData("DELETE", "/api/v1/projects", 405)]
    public async Task An_address_that_leads_nowhere_is_a_problem_document(string method, string path, int status)
    {
        var answer = (await system.Admin.SendAsync(new HttpMethod(method), path, body: null)).Is(status);
        answer.ContentType.ShouldBe("application/problem+json");
        answer.Json.GetProperty("status").GetInt32().ShouldBe(status);
    }

    [Fact]
    public async Task A_body_nobody_asked_for_is_answered_as_documented()
    {
        // Their retry key belongs to the body, which is therefore read.
        foreach (var operation in (await ApiDocument.ReadAsync(system.Admin)).Operations.Where(o => o is { Body: null, TakesCsv: false, IsApi: true, Method: "POST" } && !o.Path.Contains("/events/", StringComparison.Ordinal)))
            Expect(operation, await SendAsync(system.Admin, operation, await calls.PrepareAsync(operation.Id), new string(' ', 300_000)), "300 kB", 413);

        violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_retry_key_is_read_by_exactly_the_operations_that_take_one()
    {
        var (reading, asking) = (0, 0);
        foreach (var operation in (await ApiDocument.ReadAsync(system.Admin)).Operations.Where(o => o.IsApi))
        {
            var call = await calls.PrepareAsync(operation.Id);
            var answer = await system.Admin.SendAsync(new HttpMethod(operation.Method), call.Path, call.Content, key: new string('k', 201), call.IfMatch, contentType: call.ContentType);
            if (operation.Takes("Idempotency-Key"))
            {
                if (Expect(operation, answer, "a key too long", 400)) ExpectNamed(operation, answer, "Idempotency-Key", "too long");
                reading++;
            }
            else if ((int)answer.Status is not (200 or 201 or 204)) violations.Add($"{operation}: a key that nobody reads got {(int)answer.Status} {Short(answer.Content)}");
            else if (operation.Method == "POST") asking++;
        }

        violations.ShouldBeEmpty();
        (reading > 80, asking >= 5).ShouldBe((true, true), $"{reading} read it, {asking} ask by POST");
    }

    [Fact]
    public async Task After_a_body_over_the_limit_the_connection_is_closed_and_says_so()
    {
        using var client = new HttpClient { BaseAddress = system.Host.Address };
        using var body = new StringContent(new string(' ', 300_000), System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/api/v1/complaints", body, TestContext.Current.CancellationToken);
        ((int)answer.StatusCode, answer.Headers.ConnectionClose).ShouldBe((401, true));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_cause_no_failure()
    {
        foreach (var path in new[] { "/api/v1/complaints?sourceSystem=%ff", "/api/v1/complaints?sourceSystem=%ed%a0%80", "/api/v1/follow-ups?assignee=%c3%28", "/api/v1/categories?project=%ff", "/api/v1/%ff%fe", "/api/v1/complaints?%ff=1", "/api/v1/complaints?%00=1" })
            ((int)(await system.Admin.GetAsync(path)).Status).ShouldBeLessThan(500, path);
        foreach (var tag in new[] { "1", "*", "W/\"1\"", "\"x\"", "\"1\",\"2\"", "\"99999999999\"" })
        {
            var call = await calls.PrepareAsync("revokeApiKey");
            (await system.Admin.SendAsync(HttpMethod.Delete, call.Path, body: null, ifMatch: tag)).Is(400).Json.GetProperty("errors").TryGetProperty("If-Match", out _).ShouldBeTrue(tag);
        }
    }

    private static IEnumerable<(string Name, string Value)> WrongQueries(Operation operation)
    {
        yield return ("unknownParameter", "1");
        foreach (var (name, parameter) in operation.Query)
        {
            var shape = operation.Document.ShapeOf(parameter.GetProperty("schema"));
            yield return (name, $"demo&{name}=demo");
            yield return (name, "%00");
            string[] wrong = shape switch
            {
                { Words: not null } => ["nonsense", "0", "", "Registered,resolved"],
                // There are floors below the ground, and none between.
                { Type: "integer" } when name == "floor" => ["0", "-10", "201", "x", "1.5", "", "99999999999", "null", "%221%22"],
                { Type: "integer" } => ["0", "-1", "201", "x", "1.5", "", "99999999999", "null", "%221%22"],
                { Type: "boolean" } => ["maybe", "1", "", "null"],
                { Format: "uuid" } => ["x", "", "123"],
                { Format: "date" } => ["yesterday", "2026-02-30", "2026-11-22T00:00:00Z", ""],
                { Format: "date-time" } => ["yesterday", "2026-11-22", "9999-12-31T23:59:59Z", ""],
                _ when name == "cursor" => ["x", "", "e30", "bnVsbA", "W10", "eyJhdCI6Ijk5OTktMTItMzFUMjM6NTk6NTlaIiwiaWQiOiIwMCJ9", "eyJjb2RlIjpudWxsfQ", "eyJhdCI6bnVsbCwiaWQiOm51bGx9", "!!!!"],
                _ => [],
            };
            foreach (var value in wrong) yield return (name, value);
        }
    }

    private async Task SucceedAsync(Operation operation, PreparedCall call)
    {
        var owner = await SendAsync(system.Admin, operation, call);
        if ((int)owner.Status is not (200 or 201 or 204)) violations.Add($"{operation}: the owner got {(int)owner.Status} {owner.Content}");
        else Expect(operation, owner, "the owner", (int)owner.Status);
    }

    private Task<Reply> SendAsync(Api api, Operation operation, PreparedCall call, string? body = null, string? contentType = null) => api.SendAsync(
        new HttpMethod(operation.Method), call.Path, body ?? call.Content, operation.Method == "POST" ? Api.NewKey() : null, call.IfMatch, contentType: contentType ?? call.ContentType);

    /// <summary>Judges an answer: the status expected, one the document tells of, and a problem document if it is an error.</summary>
    private bool Expect(Operation operation, Reply answer, string who, int status)
    {
        var given = (int)answer.Status;
        if (given != status) violations.Add($"{operation}, {Short(who)}: {given} instead of {status}: {Short(answer.Content)}");
        if (!operation.Documents(given)) violations.Add($"{operation}, {Short(who)}: {given} is not documented");
        foreach (var header in operation.Headers(given).Where(h => Header(answer, h) is null)) violations.Add($"{operation}, {Short(who)}: {given} without {header}");
        if (given >= 400 && !(answer.ContentType == "application/problem+json" && answer.Json.GetProperty("status").GetInt32() == given && answer.Text("detail").Length > 0))
            violations.Add($"{operation}, {Short(who)}: {given} is no problem document: {answer.ContentType} {Short(answer.Content)}");
        if (answer.Content.Length > 0 && operation.Answer(given) is { } schema)
            foreach (var json in answer.Documents) violations.AddRange(Conformance.Check(operation.Document, schema, json).Select(wrong => $"{operation}, {Short(who)}: {given}: {wrong}"));
        return given == status;
    }

    /// <summary>Nothing of a body but the projects it names.</summary>
    private static System.Text.Json.Nodes.JsonObject Naming(System.Text.Json.Nodes.JsonObject body) =>
        new(body.Where(m => m.Key is "project" or "projects" && m.Value is not null).Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));

    private static bool IsDate(JsonElement parameter) => parameter.GetProperty("schema").TryGetProperty("format", out var format) && format.GetString() == "date";

    private static bool IsBoolean(JsonElement parameter) => parameter.GetProperty("schema").TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "boolean";

    private static object? Header(Reply answer, string name) => name switch
    {
        "ETag" => answer.ETag,
        "Location" => answer.Location,
        "Retry-After" => answer.RetryAfter,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "a promised header that this test does not know"),
    };

    private void ExpectNamed(Operation operation, Reply answer, string field, string what)
    {
        var named = answer.Json.GetProperty("errors") is { ValueKind: JsonValueKind.Object } errors ? errors.EnumerateObject().Select(e => e.Name).ToArray() : [];
        if (!named.Any(n => n == field || field.StartsWith(n + ".", StringComparison.Ordinal) || field.StartsWith(n + "[", StringComparison.Ordinal)))
            violations.Add($"{operation}: {field} {Short(what)} is not named: {Short(answer.Content)}");
    }

    /// <summary>A stranger finds nothing: 404 for a thing or a project that is named, otherwise a list without any of it.</summary>
    private void ExpectNothingOfDemo(Operation operation, Reply answer, bool named)
    {
        if (named) Expect(operation, answer, "a stranger", 404);
        // Who acts for the whole company is no secret of one project.
        else if (Expect(operation, answer, "a stranger", 200) && answer.Content.Replace("\"demo.admin\"", "", StringComparison.Ordinal).Contains("\"demo", StringComparison.Ordinal))
            violations.Add($"{operation}: a stranger sees {Short(answer.Content)}");
    }

    private IEnumerable<RouteEndpoint> Endpoints() => system.Host.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>() is not null);

    private RequiresPermissionAttribute? Right(Operation operation) =>
        Endpoints().Single(e => e.Metadata.GetMetadata<EndpointNameMetadata>()?.EndpointName == operation.Id).Metadata.GetMetadata<RequiresPermissionAttribute>();

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + "…";

    [GeneratedRegex(@"\{(\w+):\w+\}")]
    private static partial Regex Constraint();
}
