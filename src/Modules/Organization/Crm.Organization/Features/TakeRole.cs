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

internal sealed record TakeRole(string Code, Guid Id, Caller Caller, ProjectScope Scope) : ICommand<RoleTaken>;

/// <summary>No body.</summary>
internal sealed record RoleTaken;

/// <summary>ORG-03: a role is taken away: by somebody who could give it, and never the last one that may do everything.</summary>
internal sealed class TakeRoleHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<TakeRole, Answer<RoleTaken>>
{
    public async Task<Answer<RoleTaken>> Handle(TakeRole request, CancellationToken cancellationToken)
    {
        await db.ChangeDirectoryAsync(cancellationToken);
        var held = await db.RolesIn(request.Scope, request.Code).SingleOrDefaultAsync(a => a.Id == request.Id, cancellationToken) ?? throw new NotFound("role of theirs", "该员工的角色");
        var person = await db.Staff.SingleAsync(s => s.Code == held.Staff, cancellationToken);
        context.EnsureCurrent(person.Version);
        request.Caller.EnsureHolds((await db.Roles.SingleAsync(r => r.Name == held.Role, cancellationToken)).Permissions, held.Scope);
        db.Assignments.Remove(held);
        person.Edited();
        await Administrators.SaveIfOneStaysAsync(db, cancellationToken);
        return new(204, new RoleTaken(), new Deed("role", $"{held.Staff}/{held.Role}/{held.Scope}", held.Project, clock.GetCurrentInstant()), person.Version);
    }
}

internal static class TakeRoleEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapDelete("/staff/{code}/roles/{id:guid}", (string code, Guid id, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new TakeRole(code, id, call.Caller, call.Scope)), ct))
        .Tells<RoleTaken>("takeRole", "Take a role away from somebody", "You can take only what you could give. The last person who may do everything keeps it. Needs If-Match with the staff's version.", status: 204, rules: "ORG-03")
        .WithMetadata(new EditsSomething())
        .About("role of theirs", "该员工的角色", (OrganizationDb db, string code, Guid id, ProjectScope scope) => db.RolesIn(scope, code).Where(a => a.Id == id))
        .Requires(OrganizationPermissions.AssignRoles);
}
