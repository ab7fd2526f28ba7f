using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Organization.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListWebhookEventsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListWebhookEvents(ListWebhookEventsQuery Query) : IRequest<Page<WebhookEventItem>>;

/// <param name="Type">The name to subscribe to.</param>
/// <param name="Meaning">What it tells of.</param>
internal sealed record WebhookEventItem(string Type, string Meaning);

/// <summary>ORG-11: the events that modules offer to other systems.</summary>
internal sealed class ListWebhookEventsHandler(IEnumerable<WebhookEvent> offered) : IRequestHandler<ListWebhookEvents, Page<WebhookEventItem>>
{
    public Task<Page<WebhookEventItem>> Handle(ListWebhookEvents request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var after = Paging.ReadCursor<CodeKey>(request.Query.Cursor);
        var following = offered.Where(e => after is null || string.CompareOrdinal(e.Name, after.Code) > 0).OrderBy(e => e.Name, StringComparer.Ordinal);
        return Task.FromResult(Paging.Cut([.. following.Take(limit + 1).Select(e => new WebhookEventItem(e.Name, e.Meaning.Localized))], limit, e => new CodeKey(e.Type)));
    }
}

internal static class ListWebhookEventsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/webhooks/event-types", (Query<ListWebhookEventsQuery> query, Call call) => call.Ask(new ListWebhookEvents(query.Value)))
        .Tells<Page<WebhookEventItem>>("listWebhookEventTypes", "List event types", "Which events a webhook can be told of.", rules: "ORG-11")
        .Requires(OrganizationPermissions.ManageWebhooks);
}
