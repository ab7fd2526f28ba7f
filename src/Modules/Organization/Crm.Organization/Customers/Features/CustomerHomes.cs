using Crm.Organization.Contracts;
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

namespace Crm.Organization.Customers.Features;

/// <param name="Project">The project's code.</param>
/// <param name="Building">Building.</param>
/// <param name="Unit">Unit; building or unit must be given.</param>
/// <param name="Capacity">In which capacity; null while nobody has said.</param>
internal sealed record AddHomeBody(
    string Project, [property: Personal(Datum.CustomerHome, Guard.TakenIn)] string? Building = null, [property: Personal(Datum.CustomerHome, Guard.TakenIn)] string? Unit = null, HomeCapacity? Capacity = null);

internal sealed record AddHome(Guid Id, ProjectScope Scope, AddHomeBody Body) : ICommand<CustomerPartAnswer>;

internal sealed record RemoveHome(Guid Id, Guid Home, ProjectScope Scope) : ICommand<CustomerPartRemoved>;

internal sealed class AddHomeValidator : AbstractValidator<AddHomeBody>
{
    public AddHomeValidator()
    {
        RuleFor(b => b.Building).NotEmpty().MaximumLength(100).When(b => b.Building is not null);
        RuleFor(b => b.Unit).NotEmpty().MaximumLength(100).When(b => b.Unit is not null);
        RuleFor(b => b.Unit).NotNull().When(b => b.Building is null).WithMessage(_ => new Text("give building or unit, or both", "楼栋与房号至少填写一项").Localized);
    }
}

/// <summary>ORG-16: the homes somebody has to do with, and in which capacity.</summary>
internal sealed class CustomerHomesHandler(OrganizationDb db, CustomerDesk desk, GradeBook grades, OrganizationDirectory directory)
    : IRequestHandler<AddHome, Answer<CustomerPartAnswer>>, IRequestHandler<RemoveHome, Answer<CustomerPartRemoved>>
{
    public async Task<Answer<CustomerPartAnswer>> Handle(AddHome request, CancellationToken cancellationToken)
    {
        var (customer, now) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        var b = request.Body;
        var home = customer.AddHome(directory.Current.ProjectIn(request.Scope, b.Project).Code, b.Building, b.Unit, b.Capacity, now);
        await grades.RegradeAsync(customer, now, cancellationToken);
        return CustomerDesk.Given(home.Id, customer, request.Scope, now);
    }

    public async Task<Answer<CustomerPartRemoved>> Handle(RemoveHome request, CancellationToken cancellationToken)
    {
        var (customer, now) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        db.Remove(customer.RemoveHome(request.Home));
        await grades.RegradeAsync(customer, now, cancellationToken);
        return CustomerDesk.Taken(customer, request.Scope, now);
    }
}

internal static class CustomerHomesEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/customers/{id:guid}/homes", (Guid id, Body<AddHomeBody> body, Call call) => call.Send(new AddHome(id, call.Scope, body.Value)))
            .Tells<CustomerPartAnswer>("addCustomerHome", "Add a home", "A home the customer has to do with. One that is known gets the capacity that is given.", status: 201, rules: "ORG-16")
            .WithMetadata(new CreatesSomething())
            .Example(new { project = "demo", building = "3", unit = "1802", capacity = "owner" })
            .AboutCustomer()
            .Requires(OrganizationPermissions.EditCustomers);
        routes.MapDelete("/customers/{id:guid}/homes/{home:guid}", (Guid id, Guid home, Call call) => call.Send(new RemoveHome(id, home, call.Scope)))
            .Tells<CustomerPartRemoved>("removeCustomerHome", "Remove a home", "The customer has nothing to do with it any more; they stay known in its project. Needs If-Match with the customer's version.", status: 204, rules: "ORG-16")
            .WithMetadata(new EditsSomething())
            .About("home of theirs", "该客户的房产", (OrganizationDb db, Guid id, Guid part, ProjectScope scope) => db.CustomersIn(scope, id).Where(c => c.Homes.Any(h => h.Id == part)))
            .Requires(OrganizationPermissions.EditCustomers);
    }
}
