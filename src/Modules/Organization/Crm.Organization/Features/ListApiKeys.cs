using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListApiKeysQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListApiKeys(ProjectScope Scope, ListApiKeysQuery Query) : IRequest<Page<ApiKeyItem>>;

internal sealed record GetApiKey(Guid Id, ProjectScope Scope) : IRequest<ApiKeyItem>;

/// <param name="Id">What to revoke it by.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Prefix">Its public beginning.</param>
/// <param name="Permissions">What it may do.</param>
/// <param name="Project">Where; null for every project.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it stops by itself; null for never.</param>
/// <param name="RevokedAt">When somebody ended it; null while it works.</param>
/// <param name="LastUsedAt">When it was last used, to about a minute of real time; null for never.</param>
/// <param name="Version">For If-Match.</param>
[NotPersonal("the name of a machine", "Name")]
internal sealed record ApiKeyItem(
    Guid Id, string Name, string Prefix, string[] Permissions, string? Project, Instant CreatedAt, Instant? ExpiresAt, Instant? RevokedAt, Instant? LastUsedAt, int Version) : IVersioned;

/// <summary>ORG-09: the keys there are; never their text.</summary>
internal sealed class ListApiKeysHandler(OrganizationDb db) : IRequestHandler<ListApiKeys, Page<ApiKeyItem>>, IRequestHandler<GetApiKey, ApiKeyItem>
{
    public async Task<Page<ApiKeyItem>> Handle(ListApiKeys request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var after = Paging.ReadCursor<TimeKey>(request.Query.Cursor);
        var keys = db.ApiKeys.VisibleIn(request.Scope);
        if (after is { At: var at, Id: var id }) keys = keys.Where(k => k.CreatedAt < at || (k.CreatedAt == at && k.Id.CompareTo(id) < 0));
        var rows = await keys.OrderByDescending(k => k.CreatedAt).ThenByDescending(k => k.Id).Take(limit + 1).Select(Item).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, k => new TimeKey(k.CreatedAt, k.Id));
    }

    public async Task<ApiKeyItem> Handle(GetApiKey request, CancellationToken cancellationToken) =>
        await db.ApiKeys.VisibleIn(request.Scope).Where(k => k.Id == request.Id).Select(Item).SingleOrDefaultAsync(cancellationToken)
        ?? throw new NotFound("API key", "API 密钥");

    private static readonly System.Linq.Expressions.Expression<Func<ApiKey, ApiKeyItem>> Item = k =>
        new ApiKeyItem(k.Id, k.Name, k.Prefix, k.Permissions, k.Project, k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.LastUsedAt, k.Version);
}

internal static class ApiKeyScope
{
    /// <summary>Keys of the scope's projects; a key for every project is visible to those who have every project.</summary>
    public static IQueryable<ApiKey> VisibleIn(this IQueryable<ApiKey> keys, ProjectScope scope) =>
        scope.Everywhere ? keys : keys.Where(k => k.Project != null && scope.Projects.Contains(k.Project));
}

internal static class ListApiKeysEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api-keys", (Query<ListApiKeysQuery> query, Call call) => call.Ask(new ListApiKeys(call.Scope, query.Value)))
            .Tells<Page<ApiKeyItem>>("listApiKeys", "List API keys", "Newest first, revoked ones included; never their text.", rules: "ORG-09")
            .Requires(OrganizationPermissions.ManageKeys);
        routes.MapGet("/api-keys/{id:guid}", (Guid id, Call call) => call.Ask(new GetApiKey(id, call.Scope)))
            .Tells<ApiKeyItem>("getApiKey", "Get an API key", "One key, with the ETag a revocation needs.", rules: "ORG-09")
            .About("API key", "API 密钥", (OrganizationDb db, Guid id, ProjectScope scope) => db.ApiKeys.VisibleIn(scope).Where(k => k.Id == id))
            .Requires(OrganizationPermissions.ManageKeys);
    }
}
