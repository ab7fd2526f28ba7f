using Crm.Organization.Access;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Tier">How wide it may be held at most.</param>
/// <param name="TitleEn">What people call it, in English.</param>
/// <param name="TitleZh">What people call it, in Chinese.</param>
/// <param name="Permissions">What it lets somebody do from now on; "*" for everything. You can add and take away only what you hold yourself, everywhere.</param>
internal sealed record EditRoleBody(RoleTier Tier, string TitleEn, string TitleZh, string[] Permissions);

internal sealed record EditRole(string Name, Caller Caller, EditRoleBody Body) : ICommand<RoleAnswer>;

internal sealed class EditRoleValidator : AbstractValidator<EditRoleBody>
{
    public EditRoleValidator(IEnumerable<Permission> catalogue)
    {
        RuleFor(b => b.TitleEn).NotEmpty().MaximumLength(100);
        RuleFor(b => b.TitleZh).NotEmpty().MaximumLength(100);
        RuleFor(b => b.Permissions).AreKnown([.. catalogue.Select(p => p.Name), Role.Everything]);
    }
}

/// <summary>ORG-02, ORG-03: what a role lets its holders do changes for all of them at once.</summary>
internal sealed class EditRoleHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<EditRole, Answer<RoleAnswer>>
{
    public async Task<Answer<RoleAnswer>> Handle(EditRole request, CancellationToken cancellationToken)
    {
        var (name, caller, b) = request;
        await db.ChangeDirectoryAsync(cancellationToken);
        var role = await db.Roles.SingleOrDefaultAsync(r => r.Name == name, cancellationToken) ?? throw new NotFound("role", "角色");
        context.EnsureCurrent(role.Version);
        caller.EnsureHolds(b.Permissions.Except(role.Permissions).Union(role.Permissions.Except(b.Permissions)), RoleScope.Group);
        (role.Tier, role.TitleEn, role.TitleZh, role.Permissions) = b with { Permissions = [.. b.Permissions.Distinct()] };
        foreach (var held in await db.Assignments.Where(a => a.Role == name).ToListAsync(cancellationToken)) role.EnsureMayBeHeldIn(held.Scope.Kind);
        role.Edited();
        await Administrators.SaveIfOneStaysAsync(db, cancellationToken);
        return RoleAnswer.Of(role, clock.GetCurrentInstant());
    }
}

internal static class EditRoleEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/roles/{name}", (string name, Body<EditRoleBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new EditRole(name, call.Caller, body.Value)), ct))
        .Tells<RoleAnswer>("editRole", "Edit a role", "It counts for all who hold it, at once. A tier narrower than somebody holds it is refused. Needs If-Match.", rules: "ORG-02, ORG-03")
        .WithMetadata(new EditsSomething())
        .About("role", "角色", (OrganizationDb db, string name, ProjectScope _) => db.Roles.Where(r => r.Name == name))
        .Example(new { tier = "project", titleEn = "Service station", titleZh = "服务站", permissions = new[] { "complaints.read" } })
        .RequiresEverywhere(OrganizationPermissions.ManageRoles);
}
