using Crm.Organization.Access;
using Crm.Organization.Data;
using Crm.Organization.Webhooks;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Features;

internal sealed record EnableWebhook(Guid Id, Caller Caller, ProjectScope Scope) : ICommand<WebhookItem>;

/// <summary>ORG-11: a disabled webhook is served again. What it missed was noted for it, and goes out when it is replayed: how much of that is still wanted, its people know.</summary>
internal sealed class EnableWebhookHandler(OrganizationDb db, WebhookRights rights, CommandContext context, IClock clock) : IRequestHandler<EnableWebhook, Answer<WebhookItem>>
{
    public async Task<Answer<WebhookItem>> Handle(EnableWebhook request, CancellationToken cancellationToken)
    {
        await db.ChangeDirectoryAsync(cancellationToken);
        var webhook = await db.TakeWebhookAsync(request.Id, request.Scope, context, cancellationToken);
        rights.Ensure(request.Caller, webhook.Owner, webhook.Project, webhook.EventTypes);
        webhook.Enable();
        return new(200, WebhookItem.Of(webhook), new Deed("webhook", webhook.Id.ToString(), webhook.Project, clock.GetCurrentInstant()), webhook.Version);
    }
}

internal static class EnableWebhookEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/webhooks/{id:guid}/enabling", (Guid id, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new EnableWebhook(id, call.Caller, call.Scope)), ct))
        .Tells<WebhookItem>("enableWebhook", "Enable a webhook again", "A webhook that was disabled is served again; one that is served stays as it is. What it missed goes out with POST /webhooks/{id}/replay.", rules: "ORG-11")
        .AboutWebhook()
        .Requires(OrganizationPermissions.ManageWebhooks);
}
