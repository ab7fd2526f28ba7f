using Crm.Organization.Access;
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

internal sealed record DeleteWebhook(Guid Id, ProjectScope Scope) : ICommand<WebhookDeleted>;

/// <summary>No body.</summary>
internal sealed record WebhookDeleted;

/// <summary>ORG-11: a webhook ends for good: its secrets are forgotten, and what waits for it is cancelled.</summary>
internal sealed class DeleteWebhookHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<DeleteWebhook, Answer<WebhookDeleted>>
{
    public async Task<Answer<WebhookDeleted>> Handle(DeleteWebhook request, CancellationToken cancellationToken)
    {
        await db.ChangeDirectoryAsync(cancellationToken);
        var webhook = await db.TakeWebhookAsync(request.Id, request.Scope, context, cancellationToken);
        var now = clock.GetCurrentInstant();
        webhook.Delete(now);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE organization.deliveries SET state = 'cancelled', ended_at = clock_timestamp() WHERE lane = {webhook.Id} AND state = 'waiting'", cancellationToken);
        return new(204, new WebhookDeleted(), new Deed("webhook", webhook.Id.ToString(), webhook.Project, now), webhook.Version);
    }
}

internal static class DeleteWebhookEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapDelete("/webhooks/{id:guid}", (Guid id, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new DeleteWebhook(id, call.Scope)), ct))
        .Tells<WebhookDeleted>("deleteWebhook", "Delete a webhook", "Nothing more is sent to it; what waits for it is cancelled. Needs If-Match.", status: 204, rules: "ORG-11")
        .WithMetadata(new EditsSomething())
        .AboutWebhook()
        .Requires(OrganizationPermissions.ManageWebhooks);
}
