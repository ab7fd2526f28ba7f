using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Customers.Features;

/// <param name="Purpose">What the customer was asked about.</param>
/// <param name="Given">True when consent was given, false when it was withdrawn.</param>
/// <param name="Way">How they said so.</param>
/// <param name="At">When they said so; now when absent. Not in the future.</param>
internal sealed record RecordConsentBody(ConsentPurpose Purpose, bool Given, ConsentWay Way, Instant? At = null);

internal sealed record RecordConsent(Guid Id, ProjectScope Scope, RecordConsentBody Body) : ICommand<CustomerAnswer>;

/// <summary>ORG-16: consent is given or withdrawn for each purpose by itself; what was said before stays on record.</summary>
internal sealed class RecordConsentHandler(OrganizationDb db, CustomerDesk desk) : IRequestHandler<RecordConsent, Answer<CustomerAnswer>>
{
    public async Task<Answer<CustomerAnswer>> Handle(RecordConsent request, CancellationToken cancellationToken)
    {
        var (customer, now) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        var b = request.Body;
        if (b.At > now) throw Malformed.Field("at", new Text($"must not be in the future: it is {now}", $"不得晚于当前时间（{now}）"));
        db.Add(new CustomerConsent { CustomerId = customer.Id, Purpose = b.Purpose, Given = b.Given, Way = b.Way, At = b.At ?? now, RecordedBy = desk.By });
        customer.Edited();
        return CustomerDesk.Changed(customer, request.Scope, now);
    }
}

internal static class RecordConsentEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/customers/{id:guid}/consent", (Guid id, Body<RecordConsentBody> body, Call call) => call.Send(new RecordConsent(id, call.Scope, body.Value)))
        .Tells<CustomerAnswer>("recordConsent", "Record consent", "What the customer agrees to, or does not any more: for each purpose what they said last counts, by when they said it.", rules: "ORG-16")
        .Example(new { purpose = "marketing", given = false, way = "phone" })
        .AboutCustomer()
        .Requires(OrganizationPermissions.EditCustomers);
}
