using Crm.Organization.Access;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Deliveries;
using Crm.Organization.Webhooks;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Name">What it is for.</param>
/// <param name="Url">Where events are posted to. What waits already goes there too, and what is replayed: another address needs your right to read all it was told of, up to now.</param>
/// <param name="EventTypes">Which events, from now on: such as you and the owner may read there.</param>
/// <param name="Owner">The staff code of who answers for it and is told when it is disabled.</param>
[NotPersonal("the name of another system; the staff code of who answers for it", "Name", "Owner")]
internal sealed record EditWebhookBody(string Name, string Url, string[] EventTypes, string Owner);

internal sealed record EditWebhook(Guid Id, Caller Caller, ProjectScope Scope, EditWebhookBody Body) : ICommand<WebhookItem>;

internal sealed class EditWebhookValidator : AbstractValidator<EditWebhookBody>
{
    public EditWebhookValidator(WebhookRules rules)
    {
        rules.Apply(RuleFor(b => b.Name), RuleFor(b => b.Url), RuleFor(b => b.EventTypes), RuleFor(b => b.Owner));
    }
}

/// <summary>ORG-11: a webhook goes elsewhere, or is told of other events. Its project stays: whose events leave the house is decided when it is made.</summary>
internal sealed class EditWebhookHandler(OrganizationDb db, OrganizationDirectory directory, WebhookRights rights, CommandContext context, IClock clock) : IRequestHandler<EditWebhook, Answer<WebhookItem>>
{
    public async Task<Answer<WebhookItem>> Handle(EditWebhook request, CancellationToken cancellationToken)
    {
        await db.ChangeDirectoryAsync(cancellationToken);
        var webhook = await db.TakeWebhookAsync(request.Id, request.Scope, context, cancellationToken);
        var body = request.Body;
        var owner = WebhookRules.OwnerOf(body.Owner, directory.Current);
        rights.Ensure(request.Caller, owner, webhook.Project, body.Url == webhook.Url ? body.EventTypes : [.. body.EventTypes.Union(webhook.EventTypes).Union(await ToldAsync(webhook, cancellationToken))]);
        webhook.Edit(body.Name, body.Url, body.EventTypes, owner);
        return new(200, WebhookItem.Of(webhook), new Deed("webhook", webhook.Id.ToString(), webhook.Project, clock.GetCurrentInstant()), webhook.Version);
    }

    /// <summary>What it was ever told of, as far as it can still be sent again.</summary>
    private Task<List<string>> ToldAsync(Webhook webhook, CancellationToken ct) =>
        db.Set<Delivery>().Where(d => d.Lane == webhook.Id && d.Type != WebhookRights.Test).Select(d => d.Type).Distinct().ToListAsync(ct);
}

internal static class EditWebhookEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/webhooks/{id:guid}", (Guid id, Body<EditWebhookBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new EditWebhook(id, call.Caller, call.Scope, body.Value)), ct))
        .Tells<WebhookItem>("editWebhook", "Edit a webhook", "Name, address, event types and owner. Needs If-Match.", rules: "ORG-11")
        .WithMetadata(new EditsSomething())
        .Example(new { name = "data warehouse", url = "https://example.com/crm/v2", eventTypes = new[] { "complaint.registered" }, owner = "demo.manager" })
        .AboutWebhook()
        .Requires(OrganizationPermissions.ManageWebhooks);
}
