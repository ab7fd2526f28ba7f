using Crm.Organization.Data;
using Crm.Organization.Deliveries;
using Crm.Organization.Webhooks;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="State">Only those that stand there.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListDeliveriesQuery(DeliveryState? State = null, int? Limit = null, string? Cursor = null);

internal sealed record ListDeliveries(Guid Webhook, ProjectScope Scope, ListDeliveriesQuery Query) : IRequest<Page<DeliveryItem>>;

/// <param name="Id">What to replay it by.</param>
/// <param name="MessageId">The <c>webhook-id</c> it is sent with, however often.</param>
/// <param name="Type">The event's type.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often it was tried since it was made, or last replayed.</param>
/// <param name="LastStatus">The HTTP status of the last answer; null when there was none.</param>
/// <param name="LastFailure">Why the last attempt failed; null when it did not.</param>
/// <param name="LastLatency">How long the last attempt took, up to the head of the answer; null before the first.</param>
/// <param name="LastAttemptAt">When it was last tried; real time.</param>
/// <param name="NextAttemptAt">When it is tried next; real time; null when it is not.</param>
/// <param name="OccurredAt">When what it tells of happened, by the domain's clock.</param>
[NotPersonal("the id of what is sent", "MessageId")]
internal sealed record DeliveryItem(
    Guid Id, string MessageId, string Type, DeliveryState State, int Attempts, int? LastStatus, DeliveryFailure? LastFailure, Duration? LastLatency, Instant? LastAttemptAt, Instant? NextAttemptAt,
    Instant OccurredAt)
{
    public static DeliveryItem Of(Delivery d) => new(
        d.Id, StandardWebhook.MessageId(d.MessageId), d.Type, d.State, d.Attempts, d.LastStatus, d.LastFailure, d.LastLatency, d.LastAttemptAt, d.State == DeliveryState.Waiting ? d.NextAttemptAt : null, d.OccurredAt);
}

/// <summary>ORG-11: what was sent to a webhook, and what became of it, newest first.</summary>
internal sealed class ListDeliveriesHandler(OrganizationDb db) : IRequestHandler<ListDeliveries, Page<DeliveryItem>>
{
    public async Task<Page<DeliveryItem>> Handle(ListDeliveries request, CancellationToken cancellationToken)
    {
        var (webhook, scope, query) = request;
        var limit = Paging.Limit(query.Limit);
        var before = Paging.ReadCursor<IdKey>(query.Cursor)?.Id;
        if (!await db.WebhooksIn(scope).AnyAsync(w => w.Id == webhook, cancellationToken)) throw WebhookScope.Missing();
        var deliveries = db.Set<Delivery>().AsNoTracking().Where(d => d.Lane == webhook);
        if (query.State is not null) deliveries = deliveries.Where(d => d.State == query.State);
        if (before is { } last) deliveries = deliveries.Where(d => d.Id.CompareTo(last) < 0);
        var rows = await deliveries.OrderByDescending(d => d.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var page = Paging.Cut(rows, limit, d => new IdKey(d.Id));
        return new([.. page.Items.Select(DeliveryItem.Of)], page.Next);
    }

    /// <summary>The sort key of the log: identities are in the order of time.</summary>
    internal sealed record IdKey(Guid Id);
}

internal static class ListDeliveriesEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/webhooks/{id:guid}/deliveries", (Guid id, Query<ListDeliveriesQuery> query, Call call) => call.Ask(new ListDeliveries(id, call.Scope, query.Value)))
        .Tells<Page<DeliveryItem>>("listWebhookDeliveries", "List a webhook's deliveries", "What was sent to it and what became of it, newest first; kept for 30 days after the end.", rules: "ORG-11")
        .AboutWebhook()
        .Requires(OrganizationPermissions.ManageWebhooks);
}
