using Crm.Organization.Access;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Webhooks;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Name">What it is for, e.g. "data warehouse".</param>
/// <param name="Url">Where events are posted to: https, on the public internet.</param>
/// <param name="EventTypes">Which events, as listed by <c>GET /webhooks/event-types</c>: such as you and the owner may read there.</param>
/// <param name="Project">Only this project's events. Absent: those of every project, which only somebody with every project can ask for.</param>
/// <param name="Owner">The staff code of who answers for it and is told when it is disabled. Absent: yourself; a machine has to name somebody.</param>
[NotPersonal("the name of another system; the staff code of who answers for it", "Name", "Owner")]
internal sealed record CreateWebhookBody(string Name, string Url, string[] EventTypes, string? Project = null, string? Owner = null);

internal sealed record CreateWebhook(Caller Caller, ProjectScope Scope, CreateWebhookBody Body) : ICommand<CreatedWebhook>;

/// <param name="Id">The webhook.</param>
/// <param name="Secret">What its receiver verifies signatures with: shown now and never again.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record CreatedWebhook(Guid Id, string Secret, int Version) : IVersioned;

internal sealed class CreateWebhookValidator : AbstractValidator<CreateWebhookBody>
{
    public CreateWebhookValidator(WebhookRules rules)
    {
        rules.Apply(RuleFor(b => b.Name), RuleFor(b => b.Url), RuleFor(b => b.EventTypes), RuleFor(b => b.Owner));
    }
}

/// <summary>ORG-11: another system is told of events from now on, by every host within about a second.</summary>
internal sealed class CreateWebhookHandler(OrganizationDb db, OrganizationDirectory directory, WebhookRights rights, KeyRing keys, IClock clock) : IRequestHandler<CreateWebhook, Answer<CreatedWebhook>>
{
    public async Task<Answer<CreatedWebhook>> Handle(CreateWebhook request, CancellationToken cancellationToken)
    {
        var (caller, scope, body) = request;
        if (body.Project is { } project) directory.Current.ProjectIn(scope, project);
        else if (!scope.Everywhere) throw new BrokenRule("ORG-11", new Text("You can tell others only of projects you see: name one.", "只能订阅您权限范围内的项目，请指定项目。"), [.. scope.Projects.Order()]);
        var owner = WebhookRules.OwnerOf(body.Owner ?? caller.Staff, directory.Current);
        rights.Ensure(caller, owner, body.Project, body.EventTypes);
        await db.ChangeDirectoryAsync(cancellationToken);
        var now = clock.GetCurrentInstant();
        var (webhook, secret) = Webhook.Create(body.Name, body.Url, body.Project, body.EventTypes, owner, keys, now);
        db.Add(webhook);
        return new(201, new CreatedWebhook(webhook.Id, secret, webhook.Version), new Deed("webhook", webhook.Id.ToString(), body.Project, now), webhook.Version, $"/api/v1/webhooks/{webhook.Id}");
    }
}

internal static class CreateWebhookEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/webhooks", (Body<CreateWebhookBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new CreateWebhook(call.Caller, call.Scope, body.Value)), ct))
        .Tells<CreatedWebhook>("createWebhook", "Create a webhook", "Another system is told of events, signed by the Standard Webhooks specification. Its secret is in this answer only. See docs/webhooks.md.", status: 201, rules: "ORG-11")
        .WithMetadata(new CreatesSomething())
        .Example(new { name = "data warehouse", url = "https://example.com/crm", eventTypes = new[] { "complaint.registered", "complaint.resolved" }, project = "demo" })
        .Requires(OrganizationPermissions.ManageWebhooks);
}
