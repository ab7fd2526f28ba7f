using Crm.Organization.Data;
using Crm.Organization.Features;
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

namespace Crm.Organization.Estate.Features;

/// <param name="Name">The name people know it by; no other building of the project has it.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record EditBuildingBody(string Name);

internal sealed record EditBuilding(string Project, string Code, ProjectScope Scope, EditBuildingBody Body) : ICommand<CodedAnswer>;

internal sealed class EditBuildingValidator : AbstractValidator<EditBuildingBody>
{
    public EditBuildingValidator() => RuleFor(b => b.Name).IsName();
}

/// <summary>ORG-01: a building gets another name; its code stays.</summary>
internal sealed class EditBuildingHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<EditBuilding, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(EditBuilding request, CancellationToken cancellationToken)
    {
        var (project, code, scope, body) = request;
        var building = await db.BuildingIn(scope, project, code).SingleOrDefaultAsync(cancellationToken) ?? throw new NotFound("building", "楼栋");
        context.EnsureCurrent(building.Version);
        building.Name = Written.Plain(body.Name);
        building.Edited();
        return CodedAnswer.Edited(building, "building", project, clock.GetCurrentInstant());
    }
}

internal static class EditBuildingEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/projects/{project}/buildings/{building}", (string project, string building, Body<EditBuildingBody> body, Call call) =>
            call.Send(new EditBuilding(project, building, call.Scope, body.Value)))
        .Tells<CodedAnswer>("editBuilding", "Edit a building", "Its name. Needs If-Match.", rules: "ORG-01")
        .WithMetadata(new EditsSomething())
        .About("building", "楼栋", (OrganizationDb db, string project, string building, ProjectScope scope) => db.BuildingIn(scope, project, building))
        .Example(new { name = "1栋（北）" })
        .Requires(OrganizationPermissions.ManageEstate);
}
