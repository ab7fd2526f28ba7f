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
[NotPersonal("the name of a place", "Name")]
internal sealed record EditCompanyBody(string Name);

internal sealed record EditCompany(string Code, EditCompanyBody Body) : ICommand<CodedAnswer>;

internal sealed class EditCompanyValidator : AbstractValidator<EditCompanyBody>
{
    public EditCompanyValidator() => RuleFor(b => b.Name).IsName();
}

/// <summary>ORG-01: a company gets another name; its code stays.</summary>
internal sealed class EditCompanyHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<EditCompany, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(EditCompany request, CancellationToken cancellationToken)
    {
        await db.ChangeDirectoryAsync(cancellationToken);
        var company = await db.Companies.SingleOrDefaultAsync(c => c.Code == request.Code, cancellationToken) ?? throw new NotFound("company", "公司");
        context.EnsureCurrent(company.Version);
        company.Name = request.Body.Name;
        company.Edited();
        return CodedAnswer.Edited(company, "company", project: null, clock.GetCurrentInstant());
    }
}

internal static class EditCompanyEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/companies/{code}", (string code, Body<EditCompanyBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new EditCompany(code, body.Value)), ct))
        .Tells<CodedAnswer>("editCompany", "Edit a company", "Its name. Needs If-Match.", rules: "ORG-01")
        .WithMetadata(new EditsSomething())
        .About("company", "公司", (OrganizationDb db, string code, ProjectScope scope) => db.CompaniesIn(scope).Where(c => c.Code == code))
        .Example(new { name = "云栖物业" })
        .RequiresEverywhere(OrganizationPermissions.ManagePlaces);
}
