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

/// <param name="Name">The name people know it by.</param>
/// <param name="Company">The company it belongs to.</param>
/// <param name="ServiceDesk">The staff code that receives what belongs to nobody else.</param>
/// <param name="TimeZone">Its IANA time zone.</param>
/// <param name="Pack">The policy pack its numbers come from. Running deadlines keep theirs.</param>
/// <param name="Area">The company's area it lies in; absent for none.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record EditProjectBody(string Name, string Company, string ServiceDesk, string TimeZone, string Pack, string? Area = null);

internal sealed record EditProject(string Code, EditProjectBody Body) : ICommand<CodedAnswer>;

internal sealed class EditProjectValidator : AbstractValidator<EditProjectBody>
{
    public EditProjectValidator()
    {
        RuleFor(b => b.Name).IsName();
        RuleFor(b => b.Company).IsCode();
        RuleFor(b => b.ServiceDesk).IsStaffCode();
        RuleFor(b => b.Area!).IsCode().When(b => b.Area is not null);
        RuleFor(b => b.TimeZone).IsTimeZone();
        RuleFor(b => b.Pack).IsPack();
    }
}

/// <summary>ORG-01, ORG-03: who holds a role in the area or company that a project joins has it in scope from then on, and who held it through the one it leaves no more.</summary>
internal sealed class EditProjectHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<EditProject, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(EditProject request, CancellationToken cancellationToken)
    {
        await db.ChangeDirectoryAsync(cancellationToken);
        var project = await db.Projects.SingleOrDefaultAsync(p => p.Code == request.Code, cancellationToken) ?? throw new NotFound("project", "项目");
        context.EnsureCurrent(project.Version);
        (project.Name, project.Company, project.ServiceDesk, project.TimeZone, project.Pack, project.Area) = request.Body;
        await ProjectRule.EnsureAsync(db, project, isNew: false, cancellationToken);
        project.Edited();
        return CodedAnswer.Edited(project, "project", project.Code, clock.GetCurrentInstant());
    }
}

internal static class EditProjectEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/projects/{code}", (string code, Body<EditProjectBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new EditProject(code, body.Value)), ct))
        .Tells<CodedAnswer>("editProject", "Edit a project", "All that is not its code. Needs If-Match. Joining another area or company changes who has it in scope.", rules: "ORG-01, ORG-03")
        .WithMetadata(new EditsSomething())
        .About("project", "项目", (OrganizationDb db, string code, ProjectScope scope) => db.ProjectsIn(scope).Where(p => p.Code == code))
        .Example(new { name = "云栖花园", company = "demo-leasing", serviceDesk = "demo.desk", timeZone = "Asia/Shanghai", pack = "lease-operations", area = "demo-east" })
        .RequiresEverywhere(OrganizationPermissions.ManagePlaces);
}
