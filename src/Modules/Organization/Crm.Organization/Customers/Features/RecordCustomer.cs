using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Customers.Features;

/// <param name="Project">The code of a project they have to do with.</param>
/// <param name="Phone">A phone number as people write it: what they are known by. Kept encrypted.</param>
/// <param name="Name">Their name. Kept encrypted.</param>
/// <param name="Building">The building of their home in the project.</param>
/// <param name="Unit">The unit of their home in the project.</param>
/// <param name="Capacity">In which capacity they have to do with that home; with building or unit only.</param>
internal sealed record RecordCustomerBody(
    string Project, [property: Personal(Datum.CustomerPhone, Guard.TakenIn)] string Phone, [property: Personal(Datum.CustomerName, Guard.TakenIn)] string? Name = null, [property: Personal(Datum.CustomerHome, Guard.TakenIn)] string? Building = null,
    [property: Personal(Datum.CustomerHome, Guard.TakenIn)] string? Unit = null, HomeCapacity? Capacity = null);

internal sealed record RecordCustomer(ProjectScope Scope, RecordCustomerBody Body) : ICommand<CustomerAnswer>;

internal sealed class RecordCustomerValidator : AbstractValidator<RecordCustomerBody>
{
    public RecordCustomerValidator()
    {
        RuleFor(b => b.Phone).Must(p => Phone.TryParse(p, out _)).WithMessage(_ => Phone.Expected.Localized);
        RuleFor(b => b.Name).NotEmpty().MaximumLength(100).When(b => b.Name is not null);
        RuleFor(b => b.Building).NotEmpty().MaximumLength(100).When(b => b.Building is not null);
        RuleFor(b => b.Unit).NotEmpty().MaximumLength(100).When(b => b.Unit is not null);
        RuleFor(b => b.Capacity).Null().When(b => b.Building is null && b.Unit is null)
            .WithMessage(_ => new Text("only with building or unit", "仅在填写楼栋或房号时可用").Localized);
    }
}

/// <summary>ORG-16: a customer is put down by hand. Somebody who is known by this phone already is the same person, whoever made them known.</summary>
internal sealed class RecordCustomerHandler(CustomerBook book, GradeBook grades, CustomerDesk desk, OrganizationDirectory directory, IClock clock) : IRequestHandler<RecordCustomer, Answer<CustomerAnswer>>
{
    public async Task<Answer<CustomerAnswer>> Handle(RecordCustomer request, CancellationToken cancellationToken)
    {
        var (scope, b) = request;
        directory.Current.ProjectIn(scope, b.Project);
        Phone.TryParse(b.Phone, out var phone);
        var now = clock.GetCurrentInstant();
        var (customer, isNew) = await book.OpenAsync(phone, desk.By, now, cancellationToken);
        customer.Hear(new PersonSnapshot(phone, b.Name?.Trim(), b.Project), desk.Keys, now);
        if ((b.Building ?? b.Unit) is not null) customer.AddHome(b.Project, b.Building, b.Unit, b.Capacity, now);
        await grades.RegradeAsync(customer, now, cancellationToken);
        return CustomerDesk.Changed(customer, scope, now, isNew ? 201 : 200);
    }
}

internal static class RecordCustomerEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/customers", (Body<RecordCustomerBody> body, Call call) => call.Send(new RecordCustomer(call.Scope, body.Value)))
        .Tells<CustomerAnswer>(
            "recordCustomer", "Put a customer down",
            "One record for each person, by their phone. Somebody who is known by it already is answered with 200: project and home are added, the name is set where none was known, and nothing is overwritten.",
            status: 201, rules: "ORG-16")
        .Produces<CustomerAnswer>(200, "application/json")
        .WithMetadata(new CreatesSomething())
        .Example(new { project = "demo", phone = "13800138000", name = "李女士", building = "3", unit = "1802", capacity = "owner" })
        .Requires(OrganizationPermissions.EditCustomers);
}
