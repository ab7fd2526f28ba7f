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

/// <param name="Building">The code of its building.</param>
/// <param name="Number">The number on its door, unique in the building.</param>
/// <param name="Kind">What it was built as.</param>
/// <param name="Floor">From -9 to 200, and never 0; absent where there is none.</param>
/// <param name="Area">In square metres, at most two decimals; absent when it is not known.</param>
/// <param name="Tenure">Whose it is: the developer's to be sold, somebody's who bought it, or the company's own to keep.</param>
/// <param name="Occupancy">Who is in it: nobody, its owner, or a tenant.</param>
[NotPersonal("a place, whoever lives there", "Building")]
internal sealed record UnitBody(
    string Building, string Number, UnitKind Kind, int? Floor = null, decimal? Area = null, UnitTenure Tenure = UnitTenure.Unsold, UnitOccupancy Occupancy = UnitOccupancy.Vacant)
{
    public UnitFacts Facts() => new(Building, Written.Plain(Number), Floor, Kind, Area, Tenure, Occupancy);
}

internal sealed record AddUnit(string Project, ProjectScope Scope, UnitBody Body) : ICommand<UnitAnswer>;

/// <param name="Id">What other calls name it by.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record UnitAnswer(Guid Id, int Version) : IVersioned;

internal sealed class UnitBodyValidator : AbstractValidator<UnitBody>
{
    public UnitBodyValidator()
    {
        RuleFor(b => b.Building).IsCode();
        RuleFor(b => b.Number).IsUnitNumber();
        RuleFor(b => b.Floor).IsFloor();
        RuleFor(b => b.Area).IsArea();
    }
}

/// <summary>ORG-01: one more unit of a building. That its number is its own is the database's to say.</summary>
internal sealed class AddUnitHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<AddUnit, Answer<UnitAnswer>>
{
    public async Task<Answer<UnitAnswer>> Handle(AddUnit request, CancellationToken cancellationToken)
    {
        var (project, scope, body) = request;
        await db.EnsureProjectAsync(scope, project, context, cancellationToken);
        await db.EnsureBuildingAsync(project, body.Building, cancellationToken);
        var unit = new Unit(project, body.Facts());
        db.Add(unit);
        return new(
            201, new UnitAnswer(unit.Id, unit.Version), new Deed("unit", unit.Id.ToString(), project, clock.GetCurrentInstant()), unit.Version, $"/api/v1/units/{unit.Id}");
    }
}

internal static class UnitBuilding
{
    /// <exception cref="NotFound">The project has no such building.</exception>
    public static async Task EnsureBuildingAsync(this OrganizationDb db, string project, string building, CancellationToken ct)
    {
        if (!await db.Set<Building>().AnyAsync(b => b.Project == project && b.Code == building, ct)) throw new NotFound("building", "楼栋", field: "building");
    }
}

internal static class AddUnitEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/projects/{project}/units", (string project, Body<UnitBody> body, Call call) => call.Send(new AddUnit(project, call.Scope, body.Value)))
        .Tells<UnitAnswer>("addUnit", "Add a unit", "A home, shop, office or parking space in a building of the project. Many at once come by the import.", status: 201, rules: "ORG-01")
        .WithMetadata(new CreatesSomething())
        .About("project", "项目", (OrganizationDb db, string project, ProjectScope scope) => db.ProjectIn(scope, project))
        .Example(new { building = "1", number = "1203-A", kind = "apartment", floor = 12, area = 89.50m, tenure = "sold", occupancy = "ownerOccupied" })
        .Requires(OrganizationPermissions.ManageEstate);
}
