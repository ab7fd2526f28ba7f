using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Organization.Customers.Features;

/// <param name="Name">Their name from now on; null for one that is not known.</param>
/// <param name="Email">Their e-mail address; null for none. As it was read masked, it stays as it is.</param>
/// <param name="NationalId">Their identity number of 18 characters (GB 11643); null for none. As it was read masked, it stays as it is.</param>
internal sealed record EditCustomerBody(
    [property: Personal(Datum.CustomerName, Guard.TakenIn)] string? Name, [property: Personal(Datum.CustomerAddress, Guard.TakenIn)] string? Email, [property: Personal(Datum.CustomerIdNumber, Guard.TakenIn)] string? NationalId);

internal sealed record EditCustomer(Guid Id, ProjectScope Scope, EditCustomerBody Body) : ICommand<CustomerAnswer>;

internal sealed class EditCustomerValidator : AbstractValidator<EditCustomerBody>
{
    public EditCustomerValidator()
    {
        RuleFor(b => b.Name).NotEmpty().MaximumLength(100).When(b => b.Name is not null);
        RuleFor(b => b.Email).IsEmail();
        RuleFor(b => b.NationalId).IsNationalId();
    }
}

/// <summary>ORG-16: name, e-mail address and identity number of a customer are put right.</summary>
internal sealed class EditCustomerHandler(CustomerDesk desk) : IRequestHandler<EditCustomer, Answer<CustomerAnswer>>
{
    public async Task<Answer<CustomerAnswer>> Handle(EditCustomer request, CancellationToken cancellationToken)
    {
        var (customer, now) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        var b = request.Body;
        customer.Edit(b.Name?.Trim(), Masking.Keep(b.Email, customer.Email(desk.Keys)), Masking.Keep(b.NationalId, customer.NationalId(desk.Keys)), desk.Keys);
        return CustomerDesk.Changed(customer, request.Scope, now);
    }
}

internal static class EditCustomerEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/customers/{id:guid}", (Guid id, Body<EditCustomerBody> body, Call call) => call.Send(new EditCustomer(id, call.Scope, body.Value)))
        .Tells<CustomerAnswer>(
            "editCustomer", "Edit a customer",
            "Name, e-mail address and identity number. What you read masked you send back as you read it, and it stays as it is. An identity number that is another customer's is refused. Needs If-Match.",
            rules: "ORG-12, ORG-16")
        .WithMetadata(new EditsSomething())
        .Example(new { name = "李娜", email = "li.na@example.com", nationalId = "11010519491231002X" })
        .AboutCustomer()
        .Requires(OrganizationPermissions.EditCustomers);
}
