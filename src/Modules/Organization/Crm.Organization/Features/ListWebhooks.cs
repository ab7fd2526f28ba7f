using System.Linq.Expressions;
using Crm.Organization.Data;
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

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListWebhooksQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListWebhooks(ProjectScope Scope, ListWebhooksQuery Query) : IRequest<Page<WebhookItem>>;

internal sealed record GetWebhook(Guid Id, ProjectScope Scope) : IRequest<WebhookItem>;

/// <param name="Id">The webhook.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Url">Where events are posted to.</param>
/// <param name="Project">Of which project; null for every project.</param>
/// <param name="EventTypes">Which events.</param>
/// <param name="Owner">Who answers for it, and is told when it is disabled.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="FailingSince">Since when, in real time, every attempt has failed; null while the last one succeeded.</param>
/// <param name="DisabledAt">When it was disabled; null while it is served.</param>
/// <param name="DisabledBecause">Why it was disabled.</param>
/// <param name="PreviousSecretUntil">Until when, in real time, the secret before the present one signs as well; null when there is none.</param>
/// <param name="Version">For If-Match.</param>
[NotPersonal("the name of another system; the staff code of who answers for it", "Name", "Owner")]
internal sealed record WebhookItem(
    Guid Id, string Name, string Url, string? Project, string[] EventTypes, string Owner, Instant CreatedAt, Instant? FailingSince, Instant? DisabledAt, DisabledBecause? DisabledBecause,
    Instant? PreviousSecretUntil, int Version) : IVersioned
{
    public static readonly Expression<Func<Webhook, WebhookItem>> Projection = w =>
        new WebhookItem(w.Id, w.Name, w.Url, w.Project, w.EventTypes, w.Owner, w.CreatedAt, w.FailingSince, w.DisabledAt, w.DisabledBecause, w.PreviousSecretUntil, w.Version);

    public static WebhookItem Of(Webhook w) => new(w.Id, w.Name, w.Url, w.Project, w.EventTypes, w.Owner, w.CreatedAt, w.FailingSince, w.DisabledAt, w.DisabledBecause, w.PreviousSecretUntil, w.Version);
}

/// <summary>ORG-11: the webhooks there are; never their secrets.</summary>
internal sealed class ListWebhooksHandler(OrganizationDb db) : IRequestHandler<ListWebhooks, Page<WebhookItem>>, IRequestHandler<GetWebhook, WebhookItem>
{
    public async Task<Page<WebhookItem>> Handle(ListWebhooks request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var after = Paging.ReadCursor<TimeKey>(request.Query.Cursor);
        var webhooks = db.WebhooksIn(request.Scope);
        if (after is { At: var at, Id: var id }) webhooks = webhooks.Where(w => EF.Functions.LessThan(ValueTuple.Create(w.CreatedAt, w.Id), ValueTuple.Create(at, id)));
        var rows = await webhooks.OrderByDescending(w => w.CreatedAt).ThenByDescending(w => w.Id).Take(limit + 1).Select(WebhookItem.Projection).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, w => new TimeKey(w.CreatedAt, w.Id));
    }

    public async Task<WebhookItem> Handle(GetWebhook request, CancellationToken cancellationToken) =>
        await db.WebhooksIn(request.Scope).Where(w => w.Id == request.Id).Select(WebhookItem.Projection).SingleOrDefaultAsync(cancellationToken) ?? throw WebhookScope.Missing();
}

internal static class ListWebhooksEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/webhooks", (Query<ListWebhooksQuery> query, Call call) => call.Ask(new ListWebhooks(call.Scope, query.Value)))
            .Tells<Page<WebhookItem>>("listWebhooks", "List webhooks", "Newest first, disabled ones included; never their secrets.", rules: "ORG-11")
            .Requires(OrganizationPermissions.ManageWebhooks);
        routes.MapGet("/webhooks/{id:guid}", (Guid id, Call call) => call.Ask(new GetWebhook(id, call.Scope)))
            .Tells<WebhookItem>("getWebhook", "Get a webhook", "One webhook, with the ETag an edit needs.", rules: "ORG-11")
            .AboutWebhook()
            .Requires(OrganizationPermissions.ManageWebhooks);
    }
}
