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

/// <param name="Since">Everything that failed of what happened at this instant or later.</param>
internal sealed record ReplayFailedBody(Instant Since);

internal sealed record ReplayFailed(Guid Webhook, ProjectScope Scope, ReplayFailedBody Body) : ICommand<FailedReplayed>;

/// <param name="Replayed">How many deliveries wait again.</param>
internal sealed record FailedReplayed(int Replayed);

/// <summary>ORG-11: what a receiver missed, because it failed for days or was disabled, is sent once more: each with the id it always had.</summary>
internal sealed class ReplayFailedHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<ReplayFailed, Answer<FailedReplayed>>
{
    public async Task<Answer<FailedReplayed>> Handle(ReplayFailed request, CancellationToken cancellationToken)
    {
        var webhook = await db.TakeWebhookAsync(request.Webhook, request.Scope, context, cancellationToken);
        webhook.EnsureServed();
        var since = request.Body.Since.ToDateTimeUtc();
        var replayed = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE organization.deliveries SET state = 'waiting', attempts = 0, tried_since = NULL, next_attempt_at = clock_timestamp(), ended_at = NULL
            WHERE lane = {webhook.Id} AND state = 'failed' AND occurred_at >= {since}
            """, cancellationToken);
        return new(200, new FailedReplayed(replayed), new Deed("webhook", webhook.Id.ToString(), webhook.Project, clock.GetCurrentInstant()), webhook.Version);
    }
}

internal static class ReplayFailedEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/webhooks/{id:guid}/replay", (Guid id, Body<ReplayFailedBody> body, Call call) => call.Send(new ReplayFailed(id, call.Scope, body.Value)))
        .Tells<FailedReplayed>(
            "replayFailedDeliveries", "Replay what failed", "Everything that was given up, or happened while the webhook was disabled, since an instant: sent again with the same webhook-id and fresh attempts. It reaches back 30 days.", rules: "ORG-11")
        .Example(new { since = "2026-11-22T00:00:00Z" })
        .AboutWebhook()
        .Requires(OrganizationPermissions.ManageWebhooks);
}
