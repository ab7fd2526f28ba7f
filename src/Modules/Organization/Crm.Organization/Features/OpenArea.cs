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
/// <param name="Company">The company whose projects it joins; it stays.</param>
/// <param name="Manager">The staff code of the area manager.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record OpenAreaBody(string Code, string Name, string Company, string Manager);

internal sealed record OpenArea(OpenAreaBody Body) : ICommand<CodedAnswer>;

internal sealed class OpenAreaValidator : AbstractValidator<OpenAreaBody>
{
    public OpenAreaValidator()
    {
        RuleFor(b => b.Code).IsCode();
        RuleFor(b => b.Name).IsName();
        RuleFor(b => b.Company).IsCode();
        RuleFor(b => b.Manager).IsStaffCode();
    }
}

/// <summary>ORG-01: projects of a company that one person manages.</summary>
internal sealed class OpenAreaHandler(OrganizationDb db, IClock clock) : IRequestHandler<OpenArea, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(OpenArea request, CancellationToken cancellationToken)
    {
        var (code, name, company, manager) = request.Body;
        await db.ChangeDirectoryAsync(cancellationToken);
        if (await db.Areas.AnyAsync(a => a.Code == code, cancellationToken))
            throw new BrokenRule("ORG-01", new Text($"There is an area {code} already.", $"片区 {code} 已存在。"));
        if (!await db.Companies.AnyAsync(c => c.Code == company, cancellationToken)) throw new NotFound("company", "公司", field: "company");
        await AreaRule.EnsureManagerAsync(db, manager, cancellationToken);
        var area = new Area { Code = code, Name = name, Company = company, Manager = manager };
        db.Areas.Add(area);
        return CodedAnswer.Made(area, "area", "areas", project: null, clock.GetCurrentInstant());
    }
}

internal static class OpenAreaEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/areas", (Body<OpenAreaBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new OpenArea(body.Value)), ct))
        .Tells<CodedAnswer>("openArea", "Open an area", "Projects of one company under one manager. A project joins it by being edited.", status: 201, rules: "ORG-01")
        .WithMetadata(new CreatesSomething())
        .Example(new { code = "east", name = "东区", company = "demo-leasing", manager = "demo.manager" })
        .RequiresEverywhere(OrganizationPermissions.ManagePlaces);
}
