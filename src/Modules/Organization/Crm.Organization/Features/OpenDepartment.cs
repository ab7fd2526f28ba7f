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

/// <param name="Matter">What it is about, in your own words, such as "complaints".</param>
/// <param name="Part">What the department has to do with it.</param>
internal sealed record DutyBody(string Matter, DepartmentPart Part);

/// <param name="Code">Its code, for ever: small letters, digits and hyphens.</param>
/// <param name="Name">The name people know it by.</param>
/// <param name="Duties">Its part in matters; each matter once.</param>
/// <param name="Company">The company it belongs to …</param>
/// <param name="Project">… or the project; one of the two.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record OpenDepartmentBody(string Code, string Name, DutyBody[] Duties, string? Company = null, string? Project = null);

internal sealed record OpenDepartment(OpenDepartmentBody Body) : ICommand<CodedAnswer>;

internal sealed class OpenDepartmentValidator : AbstractValidator<OpenDepartmentBody>
{
    public OpenDepartmentValidator()
    {
        RuleFor(b => b.Code).IsCode();
        RuleFor(b => b.Name).IsName();
        RuleFor(b => b.Duties).AreDuties();
        RuleFor(b => b.Company!).IsCode().When(b => b.Company is not null);
        RuleFor(b => b.Project!).IsCode().When(b => b.Project is not null);
        RuleFor(b => b.Company).Must((b, company) => company is null != b.Project is null)
            .WithMessage(_ => new Text("give either company or project", "company 与 project 须且只能提供一个").Localized);
    }
}

/// <summary>ORG-01, ORG-02: a department of a company or of a project.</summary>
internal sealed class OpenDepartmentHandler(OrganizationDb db, IClock clock) : IRequestHandler<OpenDepartment, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(OpenDepartment request, CancellationToken cancellationToken)
    {
        var b = request.Body;
        await db.ChangeDirectoryAsync(cancellationToken);
        if (await db.Departments.AnyAsync(d => d.Code == b.Code, cancellationToken))
            throw new BrokenRule("ORG-01", new Text($"There is a department {b.Code} already.", $"部门 {b.Code} 已存在。"));
        if (b.Company is not null && !await db.Companies.AnyAsync(c => c.Code == b.Company, cancellationToken)) throw new NotFound("company", "公司", field: "company");
        if (b.Project is not null && !await db.Projects.AnyAsync(p => p.Code == b.Project, cancellationToken)) throw new NotFound("project", "项目", field: "project");
        var department = new Department { Code = b.Code, Name = b.Name, Company = b.Company, Project = b.Project };
        db.Departments.Add(department);
        await db.SaveChangesAsync(cancellationToken);
        await department.TakeOnAsync(db, b.Duties, cancellationToken);
        return CodedAnswer.Made(department, "department", "departments", department.Project, clock.GetCurrentInstant());
    }
}

internal static class OpenDepartmentEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/departments", (Body<OpenDepartmentBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new OpenDepartment(body.Value)), ct))
        .Tells<CodedAnswer>("openDepartment", "Open a department", "A department of a company or of a project, and its part in matters. One department of a place is responsible for a matter.", status: 201, rules: "ORG-01, ORG-02")
        .WithMetadata(new CreatesSomething())
        .Example(new { code = "repairs", name = "工程部", duties = new[] { new { matter = "repairs", part = "responsible" } }, company = "demo-leasing" })
        .RequiresEverywhere(OrganizationPermissions.ManagePlaces);
}
