using Crm.Organization.Data;
using Crm.Organization.Webhooks;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

internal sealed record ReplayDelivery(Guid Webhook, Guid Delivery, ProjectScope Scope) : ICommand<DeliveryReplayed>;

/// <summary>No body.</summary>
internal sealed record DeliveryReplayed;

/// <summary>ORG-11: something is sent once more, whether it had arrived or been given up, with the id it always had and fresh attempts.</summary>
internal sealed class ReplayDeliveryHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<ReplayDelivery, Answer<DeliveryReplayed>>
{
    public async Task<Answer<DeliveryReplayed>> Handle(ReplayDelivery request, CancellationToken cancellationToken)
    {
        var webhook = await db.TakeWebhookAsync(request.Webhook, request.Scope, context, cancellationToken);
        webhook.EnsureServed();
        // One that somebody is at at this moment will have been sent anyway.
        var again = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE organization.deliveries SET state = 'waiting', attempts = 0, tried_since = NULL, next_attempt_at = clock_timestamp(), ended_at = NULL
            WHERE id = {request.Delivery} AND lane = {webhook.Id}
            """, cancellationToken);
        if (again == 0) throw WebhookScope.NoDelivery();
        return new(204, new DeliveryReplayed(), new Deed("delivery", request.Delivery.ToString(), webhook.Project, clock.GetCurrentInstant()));
    }
}

internal static class ReplayDeliveryEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/webhooks/{id:guid}/deliveries/{deliveryId:guid}/replay", (Guid id, Guid deliveryId, Call call) => call.Send(new ReplayDelivery(id, deliveryId, call.Scope)))
        .Tells<DeliveryReplayed>("replayWebhookDelivery", "Replay a delivery", "It is sent again at once, with the same webhook-id, whatever became of it before.", status: 204, rules: "ORG-11")
        .AboutWebhook()
        .Requires(OrganizationPermissions.ManageWebhooks);
}
