using Crm.Organization.Access;
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

/// <param name="Name">The name people know it by.</param>
/// <param name="Address">Where it is found.</param>
/// <param name="OpeningHours">When it is open from now on.</param>
/// <param name="InCharge">The staff code of who answers for it; somebody who works here.</param>
[NotPersonal("the name of a place, and where it is", "Name", "Address")]
internal sealed record EditStationBody(string Name, string Address, OpeningHours[] OpeningHours, string InCharge);

internal sealed record EditStation(string Code, ProjectScope Scope, EditStationBody Body) : ICommand<CodedAnswer>;

internal sealed class EditStationValidator : AbstractValidator<EditStationBody>
{
    public EditStationValidator()
    {
        RuleFor(b => b.Name).IsName();
        RuleFor(b => b.Address).NotEmpty().MaximumLength(500);
        RuleFor(b => b.OpeningHours).AreSensible();
        RuleFor(b => b.InCharge).IsStaffCode();
    }
}

/// <summary>ORG-01: a station that is open gets another name, address, hours or person in charge.</summary>
internal sealed class EditStationHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<EditStation, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(EditStation request, CancellationToken cancellationToken)
    {
        var (code, scope, body) = request;
        await db.ChangeDirectoryAsync(cancellationToken);
        var station = await db.StationsIn(scope).SingleOrDefaultAsync(s => s.Code == code, cancellationToken) ?? throw new NotFound("station", "站点");
        context.EnsureCurrent(station.Version);
        station.EnsureOpen();
        await db.EnsureWorksHereAsync(body.InCharge, cancellationToken);
        (station.Name, station.Address, station.Hours, station.InCharge) = body;
        station.Edited();
        return CodedAnswer.Edited(station, "station", station.Project, clock.GetCurrentInstant());
    }
}

internal static class EditStationEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/stations/{code}", (string code, Body<EditStationBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new EditStation(code, call.Scope, body.Value)), ct))
        .Tells<CodedAnswer>("editStation", "Edit a station", "Its name, address, hours and person in charge, while it is open. Needs If-Match.", rules: "ORG-01")
        .WithMetadata(new EditsSomething())
        .About("station", "站点", (OrganizationDb db, string code, ProjectScope scope) => db.StationsIn(scope).Where(s => s.Code == code))
        .Example(new { name = "云栖花园服务站", address = "云栖花园 2 栋大堂", openingHours = new[] { new { day = "saturday", opens = "09:30", closes = "17:00" } }, inCharge = "demo.desk" })
        .Requires(OrganizationPermissions.ManageEstate);
}
