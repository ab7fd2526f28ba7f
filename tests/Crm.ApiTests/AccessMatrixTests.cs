using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Crm.ApiTests.Operations;
using Crm.Shared.Access;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-03: every endpoint for every role in every scope: what the committed table says is what HTTP answers.</summary>
public sealed class AccessMatrixTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    /// <summary>An edit of a version that nothing has reached: who is let in learns that (412), and nothing changes.</summary>
    private const string NeverReached = "\"999999\"";

    private readonly SuccessfulCalls calls = new(system);

    private IReadOnlyList<HostEndpoint> Endpoints => HostEndpoint.All(system.Host);

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Every_endpoint_names_a_permission_of_the_catalogue()
    {
        var catalogue = system.Host.Services.GetServices<Permission>().ToArray();
        catalogue.Select(p => p.Name).ShouldBeUnique();
        Endpoints.Count.ShouldBeGreaterThan(60);
        Endpoints.Where(e => e.Permission is null || catalogue.All(p => p.Name != e.Permission)).Select(e => e.Id).ShouldBeEmpty();
        await CommittedText.IsAsync(AccessMatrix.Write(catalogue, Endpoints), "docs", "permissions.md");
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task The_committed_table_is_the_one_the_code_makes() =>
        await CommittedText.IsAsync(AccessMatrix.Write(Endpoints, await RolesAsync()), "docs", "access-matrix.md");

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Every_cell_of_the_table_is_what_the_host_answers()
    {
        var (roles, people) = (await RolesAsync(), new List<(DemoRole Role, Holding Holding, Api Api)>());
        foreach (var role in roles)
            foreach (var holding in role.Holdings) people.Add((role, holding, await system.SignInAsync(await AppointAsync(role, holding))));
        var (nobody, violations, cells) = (await system.SignInAsync("demo.guest"), new List<string>(), 0);
        foreach (var endpoint in Endpoints)
        {
            var call = await PrepareAsync(endpoint);
            if (await StatusAsync(nobody, endpoint, call) is var closed && closed != 403) violations.Add($"{endpoint.Id}, without a role: {closed} instead of 403");
            // Those who are refused change nothing, so they come first, and the call is still one that would succeed.
            foreach (var (role, holding, api) in people.OrderByDescending(p => AccessMatrix.Expected(endpoint, p.Role, p.Holding)))
            {
                var (expected, given) = (AccessMatrix.Expected(endpoint, role, holding), await StatusAsync(api, endpoint, call));
                cells++;
                // Let in: carried out, or refused for another reason than who asks.
                if (expected == 200 ? given is not (200 or 201 or 204 or 409 or 412) : given != expected)
                    violations.Add($"{endpoint.Id}, {role.Name} in {holding}: {given} instead of {(expected == 200 ? "being let in" : expected)}");
            }
        }

        violations.ShouldBeEmpty();
        cells.ShouldBe(Endpoints.Count * people.Count);
        people.Count.ShouldBeGreaterThan(30);
    }

    private async Task<PreparedCall> PrepareAsync(HostEndpoint endpoint)
    {
        var call = await calls.PrepareAsync(endpoint.Id);
        if (endpoint is { HasSubject: true, Method: not "GET" }) call = call with { IfMatch = NeverReached };
        return endpoint.Project == "query" && !call.Path.Contains("project=", StringComparison.Ordinal) ? call with { Path = $"{call.Path}{(call.Path.Contains('?') ? '&' : '?')}project=demo" } : call;
    }

    private static async Task<int> StatusAsync(Api api, HostEndpoint endpoint, PreparedCall call) => (int)(await api.SendAsync(
        new HttpMethod(endpoint.Method), call.Path, call.Content, endpoint.Method == "POST" ? Api.NewKey() : null, call.IfMatch, contentType: call.ContentType)).Status;

    private async Task<IReadOnlyList<DemoRole>> RolesAsync() =>
    [
        .. JsonSerializer.Deserialize<JsonElement[]>(await system.ScalarAsync<string>("SELECT json_agg(r ORDER BY array_position(ARRAY['group', 'company', 'project'], r.tier), r.name)::text FROM organization.roles r"))!
            .Where(r => !r.GetProperty("name").GetString()!.StartsWith("new", StringComparison.Ordinal))
            .Select(r => new DemoRole(r.GetProperty("name").GetString()!, r.GetProperty("tier").GetString()!, [.. r.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()!)])),
    ];

    private async Task<string> AppointAsync(DemoRole role, Holding holding)
    {
        var code = $"{role.Name}.{holding}";
        (await system.Admin.PostAsync("/api/v1/staff", new { code, name = role.Name, subject = code })).Is(201);
        var (scope, place) = holding switch
        {
            Holding.Group => ("group", (string?)null),
            Holding.Company => ("company", "demo-leasing"),
            Holding.Area => ("area", "demo-east"),
            Holding.Project => ("project", "demo"),
            _ => ("project", "harbour"),
        };
        (await system.Admin.PostAsync($"/api/v1/staff/{code}/roles", new { role = role.Name, scope, place })).Is(201);
        return code;
    }
}
