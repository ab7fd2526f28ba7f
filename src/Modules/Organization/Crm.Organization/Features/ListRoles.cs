using System.Linq.Expressions;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListRolesQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListRoles(ListRolesQuery Query) : IRequest<Page<RoleItem>>;

internal sealed record GetRole(string Name) : IRequest<RoleItem>;

/// <param name="Name">The name by which it is given.</param>
/// <param name="Tier">How wide it may be held at most.</param>
/// <param name="Title">What people call it, in the language asked for.</param>
/// <param name="TitleEn">The same in English.</param>
/// <param name="TitleZh">The same in Chinese.</param>
/// <param name="Permissions">What it lets somebody do; "*" stands for everything.</param>
/// <param name="Version">For If-Match.</param>
[NotPersonal("the name of a role", "Name")]
internal sealed record RoleItem(string Name, RoleTier Tier, string Title, string TitleEn, string TitleZh, string[] Permissions, int Version) : IVersioned;

/// <summary>ORG-02: the roles there are, by name. They belong to the whole group, so whoever may read staff sees all.</summary>
internal sealed class ListRolesHandler(OrganizationDb db) : IRequestHandler<ListRoles, Page<RoleItem>>, IRequestHandler<GetRole, RoleItem>
{
    public async Task<Page<RoleItem>> Handle(ListRoles request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var roles = db.Roles.AsQueryable();
        if (Paging.ReadCursor<CodeKey>(request.Query.Cursor) is { Code: var after }) roles = roles.Where(r => r.Name.CompareTo(after) > 0);
        var rows = await roles.OrderBy(r => r.Name).Take(limit + 1).Select(Item(Text.InChinese)).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, r => new CodeKey(r.Name));
    }

    public async Task<RoleItem> Handle(GetRole request, CancellationToken cancellationToken) =>
        await db.Roles.Where(r => r.Name == request.Name).Select(Item(Text.InChinese)).SingleOrDefaultAsync(cancellationToken) ?? throw new NotFound("role", "角色");

    private static Expression<Func<Role, RoleItem>> Item(bool chinese) => r =>
        new RoleItem(r.Name, r.Tier, chinese ? r.TitleZh : r.TitleEn, r.TitleEn, r.TitleZh, r.Permissions, r.Version);
}

internal static class ListRolesEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/roles", (Query<ListRolesQuery> query, Call call) => call.Ask(new ListRoles(query.Value)))
            .Tells<Page<RoleItem>>("listRoles", "List roles", "What each role lets its holders do, by name.", rules: "ORG-02")
            .Requires(OrganizationPermissions.ReadStaff);
        routes.MapGet("/roles/{name}", (string name, Call call) => call.Ask(new GetRole(name)))
            .Tells<RoleItem>("getRole", "Get a role", "One role, with the ETag an edit needs.", rules: "ORG-02")
            .Requires(OrganizationPermissions.ReadStaff);
    }
}
