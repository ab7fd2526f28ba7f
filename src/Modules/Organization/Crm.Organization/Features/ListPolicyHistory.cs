using System.Text.Json;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Project">The project's code.</param>
/// <param name="Name">The policy's name, as listed. One that the project never set has no history.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
[NotPersonal("the name of a policy value", "Name")]
internal sealed record ListPolicyHistoryQuery(string Project, string Name, int? Limit = null, string? Cursor = null);

internal sealed record ListPolicyHistory(ProjectScope Scope, ListPolicyHistoryQuery Query) : IRequest<Page<PolicyVersionItem>>;

/// <param name="Version">The project's version of the value, from 1.</param>
/// <param name="Value">The value.</param>
/// <param name="EffectiveFrom">From when it counts, until a later version does.</param>
/// <param name="ChangedBy">Who set it.</param>
/// <param name="Reason">Why.</param>
/// <param name="ChangedAt">When.</param>
internal sealed record PolicyVersionItem(int Version, JsonElement Value, Instant EffectiveFrom, string ChangedBy, [property: Personal(Datum.Reason, Guard.InScope)] string Reason, Instant ChangedAt);

/// <summary>ORG-08: every value a project ever gave a policy, with who and why.</summary>
internal sealed class ListPolicyHistoryHandler(OrganizationDb db, OrganizationDirectory directory) : IRequestHandler<ListPolicyHistory, Page<PolicyVersionItem>>
{
    public async Task<Page<PolicyVersionItem>> Handle(ListPolicyHistory request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var after = Paging.ReadCursor<NumberKey>(request.Query.Cursor)?.Number;
        var (project, name) = (directory.Current.ProjectIn(request.Scope, request.Query.Project).Code, request.Query.Name);
        var rows = await db.PolicyValues.AsNoTracking().Where(v => v.Project == project && v.Name == name && (after == null || v.Version < after))
            .OrderByDescending(v => v.Version).Take(limit + 1).ToListAsync(cancellationToken);
        return Paging.Cut(
            [.. rows.Select(v => new PolicyVersionItem(v.Version, JsonSerializer.Deserialize<JsonElement>(v.Json), v.EffectiveFrom, v.ChangedBy, v.Reason, v.ChangedAt))],
            limit, v => new NumberKey(v.Version));
    }
}

internal static class ListPolicyHistoryEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/policies/history", (Query<ListPolicyHistoryQuery> query, Call call) => call.Ask(new ListPolicyHistory(call.Scope, query.Value)))
        .Tells<Page<PolicyVersionItem>>("listPolicyHistory", "List a policy value's history", "Every value the project ever gave this policy, newest first: from when it counts, by whom, when and why.", rules: "ORG-08")
        .Requires(OrganizationPermissions.Read);
}
