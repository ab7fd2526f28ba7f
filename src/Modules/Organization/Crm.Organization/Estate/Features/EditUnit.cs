using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Estate.Features;

internal sealed record EditUnit(Guid Id, ProjectScope Scope, UnitBody Body) : ICommand<UnitAnswer>;

/// <summary>ORG-01: what is known of a unit is put right; its project and its id stay.</summary>
internal sealed class EditUnitHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<EditUnit, Answer<UnitAnswer>>
{
    public async Task<Answer<UnitAnswer>> Handle(EditUnit request, CancellationToken cancellationToken)
    {
        var (id, scope, body) = request;
        // Before it is read: an import may be changing it.
        await db.LockAsync<Unit>(id, cancellationToken);
        var unit = await db.UnitsIn(scope).SingleOrDefaultAsync(u => u.Id == id, cancellationToken) ?? throw new NotFound("unit", "房号");
        context.EnsureCurrent(unit.Version);
        await db.EnsureBuildingAsync(unit.Project, body.Building, cancellationToken);
        unit.Describe(body.Facts());
        return new(200, new UnitAnswer(unit.Id, unit.Version), new Deed("unit", unit.Id.ToString(), unit.Project, clock.GetCurrentInstant()), unit.Version);
    }
}

internal static class EditUnitEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/units/{id:guid}", (Guid id, Body<UnitBody> body, Call call) => call.Send(new EditUnit(id, call.Scope, body.Value)))
        .Tells<UnitAnswer>("editUnit", "Edit a unit", "All that is known of it; what is absent is not known any more. Needs If-Match.", rules: "ORG-01")
        .WithMetadata(new EditsSomething())
        .About("unit", "房号", (OrganizationDb db, Guid id, ProjectScope scope) => db.UnitsIn(scope).Where(u => u.Id == id))
        .Example(new { building = "1", number = "0801-B", kind = "apartment", floor = 8, area = 120.00m, tenure = "retained", occupancy = "leased" })
        .Requires(OrganizationPermissions.ManageEstate);
}
