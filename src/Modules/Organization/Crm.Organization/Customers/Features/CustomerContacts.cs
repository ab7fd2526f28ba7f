using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Organization.Customers.Features;

/// <param name="Phone">A phone number as people write it; kept encrypted.</param>
/// <param name="First">It is the one to call first from now on.</param>
internal sealed record AddContactBody([property: Personal(Datum.CustomerPhone, Guard.TakenIn)] string Phone, bool First = false);

internal sealed record AddContact(Guid Id, ProjectScope Scope, AddContactBody Body) : ICommand<CustomerPartAnswer>;

internal sealed record RemoveContact(Guid Id, Guid Contact, ProjectScope Scope) : ICommand<CustomerPartRemoved>;

internal sealed class AddContactValidator : AbstractValidator<AddContactBody>
{
    public AddContactValidator() => RuleFor(b => b.Phone).Must(p => Phone.TryParse(p, out _)).WithMessage(_ => Phone.Expected.Localized);
}

/// <summary>ORG-16: the phones of a customer, of which one is called first.</summary>
internal sealed class CustomerContactsHandler(OrganizationDb db, CustomerDesk desk) : IRequestHandler<AddContact, Answer<CustomerPartAnswer>>, IRequestHandler<RemoveContact, Answer<CustomerPartRemoved>>
{
    public async Task<Answer<CustomerPartAnswer>> Handle(AddContact request, CancellationToken cancellationToken)
    {
        var (customer, now) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        Phone.TryParse(request.Body.Phone, out var phone);
        var contact = customer.AddPhone(phone, request.Body.First, desk.Keys, now);
        return CustomerDesk.Given(contact.Id, customer, request.Scope, now);
    }

    public async Task<Answer<CustomerPartRemoved>> Handle(RemoveContact request, CancellationToken cancellationToken)
    {
        var (customer, now) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        db.Remove(customer.RemovePhone(request.Contact));
        return CustomerDesk.Taken(customer, request.Scope, now);
    }
}

internal static class CustomerContactsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/customers/{id:guid}/contacts", (Guid id, Body<AddContactBody> body, Call call) => call.Send(new AddContact(id, call.Scope, body.Value)))
            .Tells<CustomerPartAnswer>(
                "addCustomerContact", "Add a phone",
                "One more phone of the customer, or the one to call first from now on. A phone is one customer's only: where it is another's, the two records may be one person, and can be merged.", status: 201, rules: "ORG-16")
            .WithMetadata(new CreatesSomething())
            .Example(new { phone = "020 8555 1234", first = true })
            .AboutCustomer()
            .Requires(OrganizationPermissions.EditCustomers);
        routes.MapDelete("/customers/{id:guid}/contacts/{contact:guid}", (Guid id, Guid contact, Call call) => call.Send(new RemoveContact(id, contact, call.Scope)))
            .Tells<CustomerPartRemoved>("removeCustomerContact", "Remove a phone", "It is no longer theirs: whoever calls from it next is somebody else. Needs If-Match with the customer's version.", status: 204, rules: "ORG-16")
            .WithMetadata(new EditsSomething())
            .About("contact of theirs", "该客户的联系方式", (OrganizationDb db, Guid id, Guid part, ProjectScope scope) => db.CustomersIn(scope, id).Where(c => c.Phones.Any(p => p.Id == part)))
            .Requires(OrganizationPermissions.EditCustomers);
    }
}
