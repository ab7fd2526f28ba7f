using System.Text.Json;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Project">The project's code.</param>
/// <param name="At">The values that count at this instant; now when absent.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListPoliciesQuery(string Project, Instant? At = null, int? Limit = null, string? Cursor = null);

internal sealed record ListPolicies(ProjectScope Scope, ListPoliciesQuery Query) : IRequest<Page<PolicyItem>>;

/// <param name="Name">The policy's name.</param>
/// <param name="Rule">The rule that uses it.</param>
/// <param name="Meaning">What it decides.</param>
/// <param name="Value">The value that counts.</param>
/// <param name="PackDefault">What the project's pack says.</param>
/// <param name="Version">The project's version of the value; 0 while the pack's default counts.</param>
/// <param name="EffectiveFrom">Since when the project's own value counts; null for the pack's default, which counts since forever.</param>
[NotPersonal("the name of a policy value", "Name")]
internal sealed record PolicyItem(string Name, string Rule, string Meaning, JsonElement Value, JsonElement PackDefault, int Version, Instant? EffectiveFrom);

/// <summary>ORG-08: every number the rules use, with its origin.</summary>
internal sealed class ListPoliciesHandler(OrganizationDirectory directory, IEnumerable<Policy> policies, IClock clock) : IRequestHandler<ListPolicies, Page<PolicyItem>>
{
    public Task<Page<PolicyItem>> Handle(ListPolicies request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var after = Paging.ReadCursor<CodeKey>(request.Query.Cursor);
        var project = directory.Current.ProjectIn(request.Scope, request.Query.Project);
        var at = request.Query.At ?? clock.GetCurrentInstant();
        var following = policies.Where(p => after is null || string.CompareOrdinal(p.Name, after.Code) > 0).OrderBy(p => p.Name, StringComparer.Ordinal);
        var rows = following.Take(limit + 1).Select(policy =>
        {
            var own = directory.Current.FindOverride(policy.Name, project.Code, at);
            var standard = JsonSerializer.Deserialize<JsonElement>(policy.DefaultJson(project.Pack));
            return new PolicyItem(
                policy.Name, policy.Rule, policy.Meaning.Localized,
                own is null ? standard : JsonSerializer.Deserialize<JsonElement>(own.Json), standard, own?.Version ?? 0, own?.EffectiveFrom);
        }).ToArray();
        return Task.FromResult(Paging.Cut(rows, limit, p => new CodeKey(p.Name)));
    }
}

internal static class ListPoliciesEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/policies", (Query<ListPoliciesQuery> query, Call call) => call.Ask(new ListPolicies(call.Scope, query.Value)))
        .Tells<Page<PolicyItem>>("listPolicies", "List policy values", "Every number and choice the rules of this project use, with where it comes from.", rules: "ORG-08")
        .Requires(OrganizationPermissions.Read);
}
