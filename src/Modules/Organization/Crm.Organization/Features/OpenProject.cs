using Crm.Organization.Access;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Duty;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Code">Its code, for ever: small letters, digits and hyphens.</param>
/// <param name="Name">The name people know it by.</param>
/// <param name="Company">The company it belongs to.</param>
/// <param name="ServiceDesk">The staff code that receives what belongs to nobody else.</param>
/// <param name="Area">The company's area it lies in; absent for none.</param>
/// <param name="TimeZone">Its IANA time zone; Asia/Shanghai when absent.</param>
/// <param name="Pack">The policy pack its numbers come from; lease-operations when absent.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record OpenProjectBody(
    string Code, string Name, string Company, string ServiceDesk, string? Area = null, string TimeZone = "Asia/Shanghai", string Pack = Packs.LeaseOperations);

internal sealed record OpenProject(OpenProjectBody Body) : ICommand<CodedAnswer>;

internal sealed class OpenProjectValidator : AbstractValidator<OpenProjectBody>
{
    public OpenProjectValidator()
    {
        RuleFor(b => b.Code).IsCode();
        RuleFor(b => b.Name).IsName();
        RuleFor(b => b.Company).IsCode();
        RuleFor(b => b.ServiceDesk).IsStaffCode();
        RuleFor(b => b.Area!).IsCode().When(b => b.Area is not null);
        RuleFor(b => b.TimeZone).IsTimeZone();
        RuleFor(b => b.Pack).IsPack();
    }
}

/// <summary>ORG-01: a project. Other modules hear of it and prepare what every project begins with, such as the standard categories.</summary>
internal sealed class OpenProjectHandler(OrganizationDb db, IClock clock) : IRequestHandler<OpenProject, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(OpenProject request, CancellationToken cancellationToken)
    {
        var b = request.Body;
        await db.ChangeDirectoryAsync(cancellationToken);
        var project = new ProjectRow { Code = b.Code, Name = b.Name, Company = b.Company, Area = b.Area, TimeZone = b.TimeZone, Pack = b.Pack, ServiceDesk = b.ServiceDesk };
        await ProjectRule.EnsureAsync(db, project, isNew: true, cancellationToken);
        var now = clock.GetCurrentInstant();
        project.Open(now);
        db.Projects.Add(project);
        db.AddRange(StandardShifts.Of(project.Code));
        return CodedAnswer.Made(project, "project", "projects", project.Code, now);
    }
}

/// <summary>What a project's time zone and pack may be.</summary>
internal static class ProjectChoices
{
    /// <summary>True for a zone that the time zone database knows.</summary>
    public static bool IsZone(string zone) => zone.Length <= 100 && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not null;

    public static IRuleBuilderOptions<T, string> IsTimeZone<T>(this IRuleBuilder<T, string> rule) => rule.Must(IsZone)
        .WithMessage(_ => new Text("must be an IANA time zone such as Asia/Shanghai", "应为 IANA 时区，如 Asia/Shanghai").Localized);

    public static IRuleBuilderOptions<T, string> IsPack<T>(this IRuleBuilder<T, string> rule) => rule.Must(Packs.All.Contains)
        .WithMessage(_ => new Text("must be one of " + string.Join(", ", Packs.All), "应为以下之一：" + string.Join("、", Packs.All)).Localized);
}

internal static class OpenProjectEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/projects", (Body<OpenProjectBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new OpenProject(body.Value)), ct))
        .Tells<CodedAnswer>("openProject", "Open a project", "A project of a company. The standard categories of complaints are there within moments.", status: 201, rules: "ORG-01")
        .WithMetadata(new CreatesSomething())
        .Example(new { code = "garden", name = "云栖花园二期", company = "demo-leasing", serviceDesk = "demo.desk", area = "demo-east" })
        .RequiresEverywhere(OrganizationPermissions.ManagePlaces);
}
