using Crm.Organization.Data;
using Crm.Organization.Deliveries;
using Crm.Organization.Webhooks;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListAttemptsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListAttempts(Guid Webhook, Guid Delivery, ProjectScope Scope, ListAttemptsQuery Query) : IRequest<Page<AttemptItem>>;

/// <param name="Id">The attempt.</param>
/// <param name="TriedAt">When it began; real time.</param>
/// <param name="Latency">How long it took, up to the head of the answer or the failure.</param>
/// <param name="Status">The HTTP status; null when there was no answer.</param>
/// <param name="Failure">Why it failed; null when it did not.</param>
internal sealed record AttemptItem(Guid Id, Instant TriedAt, Duration Latency, int? Status, DeliveryFailure? Failure);

/// <summary>ORG-11: each attempt to send one thing, those before a replay included, newest first. Of answers nothing but the status was kept.</summary>
internal sealed class ListAttemptsHandler(OrganizationDb db) : IRequestHandler<ListAttempts, Page<AttemptItem>>
{
    public async Task<Page<AttemptItem>> Handle(ListAttempts request, CancellationToken cancellationToken)
    {
        var (webhook, delivery, scope, query) = request;
        var limit = Paging.Limit(query.Limit);
        var before = Paging.ReadCursor<ListDeliveriesHandler.IdKey>(query.Cursor)?.Id;
        if (!await db.WebhooksIn(scope).AnyAsync(w => w.Id == webhook, cancellationToken)) throw WebhookScope.Missing();
        if (!await db.Set<Delivery>().AnyAsync(d => d.Id == delivery && d.Lane == webhook, cancellationToken)) throw WebhookScope.NoDelivery();
        var attempts = db.Set<DeliveryAttempt>().Where(a => a.DeliveryId == delivery);
        if (before is { } last) attempts = attempts.Where(a => a.Id.CompareTo(last) < 0);
        var rows = await attempts.OrderByDescending(a => a.Id).Take(limit + 1).Select(a => new AttemptItem(a.Id, a.TriedAt, a.Latency, a.Status, a.Failure)).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, a => new ListDeliveriesHandler.IdKey(a.Id));
    }
}

internal static class ListAttemptsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/webhooks/{id:guid}/deliveries/{deliveryId:guid}/attempts", (Guid id, Guid deliveryId, Query<ListAttemptsQuery> query, Call call) =>
            call.Ask(new ListAttempts(id, deliveryId, call.Scope, query.Value)))
        .Tells<Page<AttemptItem>>("listDeliveryAttempts", "List the attempts of a delivery", "When it was tried, how long that took and what came of it, newest first.", rules: "ORG-11")
        .AboutWebhook()
        .Requires(OrganizationPermissions.ManageWebhooks);
}
