using Crm.Organization.Access;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Name">The name by which it is given, for ever; Latin letters and digits.</param>
/// <param name="Tier">How wide it may be held at most.</param>
/// <param name="TitleEn">What people call it, in English.</param>
/// <param name="TitleZh">What people call it, in Chinese.</param>
/// <param name="Permissions">What it lets somebody do; "*" for everything. You can put in only what you hold yourself, everywhere.</param>
[NotPersonal("the name of a role", "Name")]
internal sealed record DefineRoleBody(string Name, RoleTier Tier, string TitleEn, string TitleZh, string[] Permissions);

internal sealed record DefineRole(Caller Caller, DefineRoleBody Body) : ICommand<RoleAnswer>;

/// <param name="Name">The name by which it is given.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
[NotPersonal("the name of a role", "Name")]
internal sealed record RoleAnswer(string Name, int Version) : IVersioned
{
    /// <summary>The answer of a command that has just changed the role.</summary>
    public static Answer<RoleAnswer> Of(Role role, Instant at) => new(200, new RoleAnswer(role.Name, role.Version), new Deed("role", role.Name, Project: null, at), role.Version);
}

internal sealed class DefineRoleValidator : AbstractValidator<DefineRoleBody>
{
    public DefineRoleValidator(IEnumerable<Permission> catalogue)
    {
        RuleFor(b => b.Name).MaximumLength(50).Matches("^[A-Za-z][A-Za-z0-9]*$")
            .WithMessage(_ => new Text("must be Latin letters and digits, beginning with a letter", "应为拉丁字母和数字，以字母开头").Localized);
        RuleFor(b => b.TitleEn).NotEmpty().MaximumLength(100);
        RuleFor(b => b.TitleZh).NotEmpty().MaximumLength(100);
        RuleFor(b => b.Permissions).AreKnown([.. catalogue.Select(p => p.Name), Role.Everything]);
    }
}

/// <summary>ORG-02, ORG-03: a role: what its holders may do, and how wide it may be held.</summary>
internal sealed class DefineRoleHandler(OrganizationDb db, IClock clock) : IRequestHandler<DefineRole, Answer<RoleAnswer>>
{
    public async Task<Answer<RoleAnswer>> Handle(DefineRole request, CancellationToken cancellationToken)
    {
        var (caller, b) = request;
        await db.ChangeDirectoryAsync(cancellationToken);
        if (await db.Roles.AnyAsync(r => r.Name == b.Name, cancellationToken))
            throw new BrokenRule("ORG-02", new Text($"There is a role {b.Name} already.", $"角色 {b.Name} 已存在。"));
        caller.EnsureHolds(b.Permissions, RoleScope.Group);
        var role = new Role { Name = b.Name, Tier = b.Tier, TitleEn = b.TitleEn, TitleZh = b.TitleZh, Permissions = [.. b.Permissions.Distinct()] };
        db.Roles.Add(role);
        return RoleAnswer.Of(role, clock.GetCurrentInstant()) with { Status = 201, Location = $"/api/v1/roles/{role.Name}" };
    }
}

internal static class DefineRoleEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/roles", (Body<DefineRoleBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new DefineRole(call.Caller, body.Value)), ct))
        .Tells<RoleAnswer>("defineRole", "Define a role", "A set of permissions with a tier: how wide it may be held at most. You can put in only what you hold yourself, everywhere.", status: 201, rules: "ORG-02, ORG-03")
        .WithMetadata(new CreatesSomething())
        .Example(new { name = "serviceStation", tier = "project", titleEn = "Service station", titleZh = "服务站", permissions = new[] { "complaints.read", "complaints.register" } })
        .RequiresEverywhere(OrganizationPermissions.ManageRoles);
}
