using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Deliveries;
using Crm.Organization.Webhooks;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Data;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Features;

internal sealed record TestWebhook(Guid Id, ProjectScope Scope) : ICommand<TestSent>;

/// <param name="DeliveryId">What to look for in its deliveries.</param>
/// <param name="MessageId">The <c>webhook-id</c> it is sent with.</param>
[NotPersonal("the id of what is sent", "MessageId")]
internal sealed record TestSent(Guid DeliveryId, string MessageId);

/// <summary>ORG-11: something harmless is sent, on the way everything else goes.</summary>
internal sealed class TestWebhookHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<TestWebhook, Answer<TestSent>>
{
    public async Task<Answer<TestSent>> Handle(TestWebhook request, CancellationToken cancellationToken)
    {
        var webhook = await db.TakeWebhookAsync(request.Id, request.Scope, context, cancellationToken);
        webhook.EnsureServed();
        var now = clock.GetCurrentInstant();
        var delivery = new Delivery { Lane = webhook.Id, MessageId = Ids.Next(), Type = WebhookRights.Test, Body = WebhookBody.Write(WebhookRights.Test, now, new { webhookId = webhook.Id }), OccurredAt = now };
        db.Add(delivery);
        return new(201, new TestSent(delivery.Id, StandardWebhook.MessageId(delivery.MessageId)), new Deed("webhook", webhook.Id.ToString(), webhook.Project, now));
    }
}

internal static class TestWebhookEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/webhooks/{id:guid}/test", (Guid id, Call call) => call.Send(new TestWebhook(id, call.Scope)))
        .Tells<TestSent>("testWebhook", "Test a webhook", "Sends an event of type webhook.test, signed and tried again like any other; its fate is in the deliveries.", status: 201, rules: "ORG-11")
        .WithMetadata(new CreatesSomething())
        .AboutWebhook()
        .Requires(OrganizationPermissions.ManageWebhooks);
}
