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

/// <param name="Code">Its code, for ever: small letters, digits and hyphens.</param>
/// <param name="Name">The name people know it by.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record OpenCompanyBody(string Code, string Name);

internal sealed record OpenCompany(OpenCompanyBody Body) : ICommand<CodedAnswer>;

internal sealed class OpenCompanyValidator : AbstractValidator<OpenCompanyBody>
{
    public OpenCompanyValidator()
    {
        RuleFor(b => b.Code).IsCode();
        RuleFor(b => b.Name).IsName();
    }
}

/// <summary>ORG-01: a company of the group.</summary>
internal sealed class OpenCompanyHandler(OrganizationDb db, IClock clock) : IRequestHandler<OpenCompany, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(OpenCompany request, CancellationToken cancellationToken)
    {
        var (code, name) = request.Body;
        await db.ChangeDirectoryAsync(cancellationToken);
        if (await db.Companies.AnyAsync(c => c.Code == code, cancellationToken))
            throw new BrokenRule("ORG-01", new Text($"There is a company {code} already.", $"公司 {code} 已存在。"));
        var company = new Company { Code = code, Name = name };
        db.Companies.Add(company);
        return CodedAnswer.Made(company, "company", "companies", project: null, clock.GetCurrentInstant());
    }
}

internal static class OpenCompanyEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/companies", (Body<OpenCompanyBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new OpenCompany(body.Value)), ct))
        .Tells<CodedAnswer>("openCompany", "Open a company", "A company of the group; projects and areas belong to one.", status: 201, rules: "ORG-01")
        .WithMetadata(new CreatesSomething())
        .Example(new { code = "cloud-property", name = "云栖物业" })
        .RequiresEverywhere(OrganizationPermissions.ManagePlaces);
}
