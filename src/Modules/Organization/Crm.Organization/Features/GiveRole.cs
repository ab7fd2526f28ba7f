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

/// <param name="Role">The role's name.</param>
/// <param name="Scope">In what it is held: the whole group, a company, an area or a project.</param>
/// <param name="Place">The code of that company, area or project; absent for the group.</param>
internal sealed record GiveRoleBody(string Role, ScopeKind Scope, string? Place = null);

internal sealed record GiveRole(string Code, Caller Caller, ProjectScope Scope, GiveRoleBody Body) : ICommand<RoleGiven>;

/// <param name="Id">What to take it away by.</param>
/// <param name="Staff">Who holds it.</param>
/// <param name="Role">The role's name.</param>
/// <param name="Scope">In what it is held.</param>
/// <param name="Place">The code of that company, area or project; null for the group.</param>
/// <param name="Version">The staff's version, for If-Match.</param>
internal sealed record RoleGiven(Guid Id, string Staff, string Role, ScopeKind Scope, string? Place, int Version) : IVersioned;

internal sealed class GiveRoleValidator : AbstractValidator<GiveRoleBody>
{
    public GiveRoleValidator()
    {
        RuleFor(b => b.Role).NotEmpty().MaximumLength(50);
        RuleFor(b => b.Place!).IsCode().When(b => b.Place is not null);
        RuleFor(b => b.Place).Must((b, place) => place is null == (b.Scope == ScopeKind.Group))
            .WithMessage(_ => new Text("the code of the company, area or project; none for the group", "应为公司、片区或项目的代码；scope 为 group 时不提供").Localized);
    }
}

/// <summary>ORG-02, ORG-03: somebody is given a role in a place: no wider than its tier, and nothing the giver does not hold there.</summary>
internal sealed class GiveRoleHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<GiveRole, Answer<RoleGiven>>
{
    public async Task<Answer<RoleGiven>> Handle(GiveRole request, CancellationToken cancellationToken)
    {
        var (code, caller, scope, body) = request;
        await db.ChangeDirectoryAsync(cancellationToken);
        var person = await db.StaffIn(scope).SingleOrDefaultAsync(s => s.Code == code, cancellationToken) ?? throw new NotFound("member of staff", "员工");
        context.EnsureCurrent(person.Version);
        var place = new RoleScope(body.Scope, body.Place);
        if (!await ExistsAsync(place, scope, cancellationToken)) throw new NotFound("place", "范围", field: "place");
        var role = await db.Roles.SingleOrDefaultAsync(r => r.Name == body.Role, cancellationToken) ?? throw new NotFound("role", "角色", field: "role");
        role.EnsureMayBeHeldIn(place.Kind);
        caller.EnsureHolds(role.Permissions, place);
        var assignment = RoleAssignment.Of(person.Code, role.Name, place);
        if (!person.Active || await db.Assignments.AnyAsync(
                a => a.Staff == code && a.Role == role.Name && a.Company == assignment.Company && a.Area == assignment.Area && a.Project == assignment.Project, cancellationToken))
            throw new BrokenRule("ORG-03", new Text("They have left, or hold this role there already.", "该员工已离职，或已在该范围内拥有此角色。"));

        db.Assignments.Add(assignment);
        person.Edited();
        var now = clock.GetCurrentInstant();
        return new(
            201, new RoleGiven(assignment.Id, person.Code, role.Name, place.Kind, place.Place, person.Version),
            new Deed("role", $"{person.Code}/{role.Name}/{place}", assignment.Project, now), person.Version, $"/api/v1/staff/{person.Code}");
    }

    private Task<bool> ExistsAsync(RoleScope place, ProjectScope scope, CancellationToken ct) => place.Kind switch
    {
        ScopeKind.Company => db.CompaniesIn(scope).AnyAsync(c => c.Code == place.Place, ct),
        ScopeKind.Area => db.AreasIn(scope).AnyAsync(a => a.Code == place.Place, ct),
        ScopeKind.Project => db.ProjectsIn(scope).AnyAsync(p => p.Code == place.Place, ct),
        _ => Task.FromResult(true),
    };
}

internal static class GiveRoleEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/staff/{code}/roles", (string code, Body<GiveRoleBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new GiveRole(code, call.Caller, call.Scope, body.Value)), ct))
        .Tells<RoleGiven>("giveRole", "Give somebody a role", "In the whole group, a company, an area or a project, no wider than the role's tier. You can give only what you hold yourself in that place.", status: 201, rules: "ORG-02, ORG-03")
        .WithMetadata(new CreatesSomething())
        .About("member of staff", "员工", (OrganizationDb db, string code, ProjectScope scope) => db.StaffIn(scope).Where(s => s.Code == code))
        .Example(new { role = "customerServiceOfficer", scope = "project", place = "demo" })
        .Requires(OrganizationPermissions.AssignRoles);
}
