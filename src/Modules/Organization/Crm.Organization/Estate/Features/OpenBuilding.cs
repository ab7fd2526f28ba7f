using Crm.Organization.Data;
using Crm.Organization.Features;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Estate.Features;

/// <param name="Code">Its code in the project, for ever: small letters, digits and hyphens, such as 3 or 3-a.</param>
/// <param name="Name">The name people know it by, such as 3栋; no other building of the project has it.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record OpenBuildingBody(string Code, string Name);

internal sealed record OpenBuilding(string Project, ProjectScope Scope, OpenBuildingBody Body) : ICommand<CodedAnswer>;

internal sealed class OpenBuildingValidator : AbstractValidator<OpenBuildingBody>
{
    public OpenBuildingValidator()
    {
        RuleFor(b => b.Code).IsCode();
        RuleFor(b => b.Name).IsName();
    }
}

/// <summary>ORG-01: a building of a project. That its code and its name are its own is the database's to say.</summary>
internal sealed class OpenBuildingHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<OpenBuilding, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(OpenBuilding request, CancellationToken cancellationToken)
    {
        var (project, scope, body) = request;
        await db.EnsureProjectAsync(scope, project, context, cancellationToken);
        var building = new Building { Project = project, Code = body.Code, Name = Written.Plain(body.Name) };
        db.Add(building);
        return CodedAnswer.Made(building, "building", $"projects/{project}/buildings", project, clock.GetCurrentInstant());
    }
}

internal static class OpenBuildingEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/projects/{project}/buildings", (string project, Body<OpenBuildingBody> body, Call call) => call.Send(new OpenBuilding(project, call.Scope, body.Value)))
        .Tells<CodedAnswer>("openBuilding", "Open a building", "A building of a project. Its code and its name are its own in the project.", status: 201, rules: "ORG-01")
        .WithMetadata(new CreatesSomething())
        .About("project", "项目", (OrganizationDb db, string project, ProjectScope scope) => db.ProjectIn(scope, project))
        .Example(new { code = "12", name = "12栋" })
        .Requires(OrganizationPermissions.ManageEstate);
}
