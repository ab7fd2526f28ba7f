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
/// <param name="Duties">Its part in matters from now on; each matter once.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record EditDepartmentBody(string Name, DutyBody[] Duties);

internal sealed record EditDepartment(string Code, EditDepartmentBody Body) : ICommand<CodedAnswer>;

internal sealed class EditDepartmentValidator : AbstractValidator<EditDepartmentBody>
{
    public EditDepartmentValidator()
    {
        RuleFor(b => b.Name).IsName();
        RuleFor(b => b.Duties).AreDuties();
    }
}

/// <summary>ORG-01, ORG-02: a department gets another name or other duties; its code and its place stay.</summary>
internal sealed class EditDepartmentHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<EditDepartment, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(EditDepartment request, CancellationToken cancellationToken)
    {
        await db.ChangeDirectoryAsync(cancellationToken);
        var department = await db.Departments.SingleOrDefaultAsync(d => d.Code == request.Code, cancellationToken) ?? throw new NotFound("department", "部门");
        context.EnsureCurrent(department.Version);
        department.Name = request.Body.Name;
        await department.TakeOnAsync(db, request.Body.Duties, cancellationToken);
        department.Edited();
        return CodedAnswer.Edited(department, "department", department.Project, clock.GetCurrentInstant());
    }
}

internal static class EditDepartmentEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/departments/{code}", (string code, Body<EditDepartmentBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new EditDepartment(code, body.Value)), ct))
        .Tells<CodedAnswer>("editDepartment", "Edit a department", "Its name and its part in matters. Needs If-Match.", rules: "ORG-01, ORG-02")
        .WithMetadata(new EditsSomething())
        .About("department", "部门", (OrganizationDb db, string code, ProjectScope scope) => db.DepartmentsIn(scope).Where(d => d.Code == code))
        .Example(new { name = "客户服务部", duties = new[] { new { matter = "fit-out", part = "responsible" }, new { matter = "repairs", part = "assists" } } })
        .RequiresEverywhere(OrganizationPermissions.ManagePlaces);
}
