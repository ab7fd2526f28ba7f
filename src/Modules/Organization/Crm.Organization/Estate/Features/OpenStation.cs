using Crm.Organization.Access;
using Crm.Organization.Contracts;
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

/// <param name="Code">Its code, for ever: small letters, digits and hyphens.</param>
/// <param name="Project">The project it serves; it stays.</param>
/// <param name="Kind">What it is there for; it stays.</param>
/// <param name="Name">The name people know it by.</param>
/// <param name="Address">Where it is found.</param>
/// <param name="OpeningHours">When it is open; a break makes two stretches of one day.</param>
/// <param name="InCharge">The staff code of who answers for it; somebody who works here.</param>
[NotPersonal("the name of a place, and where it is", "Name", "Address")]
internal sealed record OpenStationBody(string Code, string Project, StationKind Kind, string Name, string Address, OpeningHours[] OpeningHours, string InCharge);

internal sealed record OpenStation(ProjectScope Scope, OpenStationBody Body) : ICommand<CodedAnswer>;

internal sealed class OpenStationValidator : AbstractValidator<OpenStationBody>
{
    public OpenStationValidator()
    {
        RuleFor(b => b.Code).IsCode();
        RuleFor(b => b.Project).IsCode();
        RuleFor(b => b.Name).IsName();
        RuleFor(b => b.Address).NotEmpty().MaximumLength(500);
        RuleFor(b => b.OpeningHours).AreSensible();
        RuleFor(b => b.InCharge).IsStaffCode();
    }
}

/// <summary>ORG-01: a service station or club collection point of a project.</summary>
internal sealed class OpenStationHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<OpenStation, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(OpenStation request, CancellationToken cancellationToken)
    {
        var (scope, body) = request;
        directory.Current.ProjectIn(scope, body.Project);
        await db.ChangeDirectoryAsync(cancellationToken);
        await db.EnsureWorksHereAsync(body.InCharge, cancellationToken);
        var station = new Station
        {
            Code = body.Code, Project = body.Project, Kind = body.Kind, Name = body.Name, Address = body.Address, Hours = body.OpeningHours, InCharge = body.InCharge,
        };
        db.Add(station);
        return CodedAnswer.Made(station, "station", "stations", station.Project, clock.GetCurrentInstant());
    }
}

/// <summary>ORG-01: what a station must be.</summary>
internal static class StationRule
{
    public static IRuleBuilderOptions<T, OpeningHours[]> AreSensible<T>(this IRuleBuilder<T, OpeningHours[]> rule) =>
        rule.Must(hours => Estate.OpeningHours.AreSensible(hours)).WithMessage(_ => Estate.OpeningHours.Form.Localized);

    /// <summary>Asked under the directory's row lock, so that it stays true: who leaves hands over.</summary>
    /// <exception cref="BrokenRule">Nobody who works here has this code.</exception>
    public static async Task EnsureWorksHereAsync(this OrganizationDb db, string staff, CancellationToken ct)
    {
        if (!await db.Staff.AnyAsync(s => s.Code == staff && s.Active, ct))
            throw new BrokenRule("ORG-01", new Text($"Nobody who works here has the staff code {staff}: somebody answers for a station.", $"没有在职员工使用编号 {staff}：站点须有在职负责人。"));
    }
}

internal static class OpenStationEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/stations", (Body<OpenStationBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new OpenStation(call.Scope, body.Value)), ct))
        .Tells<CodedAnswer>("openStation", "Open a station", "A service station or club collection point of a project. Somebody who works here answers for it.", status: 201, rules: "ORG-01")
        .WithMetadata(new CreatesSomething())
        .Example(new
        {
            code = "garden-club", project = "demo", kind = "clubCollectionPoint", name = "客户会东区收集点", address = "云栖花园 1 栋大堂",
            openingHours = new[] { new { day = "monday", opens = "09:00", closes = "12:00" }, new { day = "monday", opens = "14:00", closes = "18:00" } }, inCharge = "demo.officer",
        })
        .Requires(OrganizationPermissions.ManageEstate);
}
