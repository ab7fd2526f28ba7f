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

/// <param name="Reason">Why it is closed.</param>
internal sealed record CloseStationBody([property: Personal(Datum.Reason, Guard.TakenIn)] string Reason);

internal sealed record CloseStation(string Code, ProjectScope Scope, CloseStationBody Body) : ICommand<CodedAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed record ReopenStation(string Code, ProjectScope Scope) : ICommand<CodedAnswer>;

internal sealed class CloseStationValidator : AbstractValidator<CloseStationBody>
{
    public CloseStationValidator() => RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
}

/// <summary>ORG-01: a station is closed, and opened again; it is never deleted, since old papers name it.</summary>
internal sealed class CloseStationHandler(OrganizationDb db, CommandContext context, IClock clock)
    : IRequestHandler<CloseStation, Answer<CodedAnswer>>, IRequestHandler<ReopenStation, Answer<CodedAnswer>>
{
    public Task<Answer<CodedAnswer>> Handle(CloseStation request, CancellationToken cancellationToken) =>
        ChangeAsync(request.Code, request.Scope, (station, now) => { station.Close(request.Body.Reason, now); return Task.CompletedTask; }, cancellationToken);

    public Task<Answer<CodedAnswer>> Handle(ReopenStation request, CancellationToken cancellationToken) => ChangeAsync(request.Code, request.Scope, async (station, _) =>
    {
        station.Reopen();
        await db.EnsureWorksHereAsync(station.InCharge, cancellationToken);
    }, cancellationToken);

    private async Task<Answer<CodedAnswer>> ChangeAsync(string code, ProjectScope scope, Func<Station, Instant, Task> change, CancellationToken ct)
    {
        await db.ChangeDirectoryAsync(ct);
        var station = await db.StationsIn(scope).SingleOrDefaultAsync(s => s.Code == code, ct) ?? throw new NotFound("station", "站点");
        context.EnsureCurrent(station.Version);
        var now = clock.GetCurrentInstant();
        await change(station, now);
        return CodedAnswer.Edited(station, "station", station.Project, now);
    }
}

internal static class CloseStationEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/stations/{code}/closure", (string code, Body<CloseStationBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
                directory.AfterAsync(call.Send(new CloseStation(code, call.Scope, body.Value)), ct))
            .Tells<CodedAnswer>("closeStation", "Close a station", "It is listed as closed from now on, and stays on record.", rules: "ORG-01")
            .About("station", "站点", (OrganizationDb db, string code, ProjectScope scope) => db.StationsIn(scope).Where(s => s.Code == code))
            .Example(new { reason = "并入东区服务站" })
            .Requires(OrganizationPermissions.ManageEstate);
        routes.MapPost("/stations/{code}/reopening", (string code, Call call, DirectoryRefresh directory, CancellationToken ct) =>
                directory.AfterAsync(call.Send(new ReopenStation(code, call.Scope)), ct))
            .Tells<CodedAnswer>("reopenStation", "Open a closed station again", "As it was when it was closed. Its person in charge must work here still.", rules: "ORG-01")
            .About("station", "站点", (OrganizationDb db, string code, ProjectScope scope) => db.StationsIn(scope).Where(s => s.Code == code))
            .Requires(OrganizationPermissions.ManageEstate);
    }
}
