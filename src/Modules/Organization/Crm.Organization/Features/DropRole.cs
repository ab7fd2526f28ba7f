using Crm.Organization.Access;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

internal sealed record DropRole(string Name) : ICommand<RoleDropped>;

/// <summary>No body.</summary>
internal sealed record RoleDropped;

/// <summary>ORG-03: a role that nobody holds any more goes.</summary>
internal sealed class DropRoleHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<DropRole, Answer<RoleDropped>>
{
    /// <summary>So many of those who still hold it are named.</summary>
    private const int Named = 20;

    public async Task<Answer<RoleDropped>> Handle(DropRole request, CancellationToken cancellationToken)
    {
        await db.ChangeDirectoryAsync(cancellationToken);
        var role = await db.Roles.SingleOrDefaultAsync(r => r.Name == request.Name, cancellationToken) ?? throw new NotFound("role", "角色");
        context.EnsureCurrent(role.Version);
        var holders = await db.Assignments.Where(a => a.Role == role.Name).Select(a => a.Staff).Distinct().Order().Take(Named).ToListAsync(cancellationToken);
        if (holders.Count > 0)
            throw new BrokenRule("ORG-03", new Text($"It is held by {string.Join(", ", holders)}: take it away from everybody first.", $"以下人员仍拥有该角色：{string.Join("、", holders)}，请先收回。"));
        db.Roles.Remove(role);
        return new(204, new RoleDropped(), new Deed("role", role.Name, Project: null, clock.GetCurrentInstant()));
    }
}

internal static class DropRoleEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapDelete("/roles/{name}", (string name, Call call, DirectoryRefresh directory, CancellationToken ct) => directory.AfterAsync(call.Send(new DropRole(name)), ct))
        .Tells<RoleDropped>("dropRole", "Drop a role", "Only when nobody holds it. Needs If-Match.", status: 204, rules: "ORG-03")
        .WithMetadata(new EditsSomething())
        .About("role", "角色", (OrganizationDb db, string name, ProjectScope _) => db.Roles.Where(r => r.Name == name))
        .RequiresEverywhere(OrganizationPermissions.ManageRoles);
}
