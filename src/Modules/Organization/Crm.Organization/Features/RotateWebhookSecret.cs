using Crm.Organization.Data;
using Crm.Organization.Webhooks;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using Crm.Shared.Time;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Overlap">For so long, in real time, the present secret signs beside the new one: PT0S to P30D; PT24H when absent.</param>
internal sealed record RotateWebhookSecretBody(Duration? Overlap = null);

internal sealed record RotateWebhookSecret(Guid Id, ProjectScope Scope, RotateWebhookSecretBody Body) : ICommand<WebhookSecret>;

/// <param name="Id">The webhook.</param>
/// <param name="Secret">The new secret: shown now and never again.</param>
/// <param name="PreviousUntil">Until then the one before signs as well.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record WebhookSecret(Guid Id, string Secret, Instant PreviousUntil, int Version) : IVersioned;

internal sealed class RotateWebhookSecretValidator : AbstractValidator<RotateWebhookSecretBody>
{
    public RotateWebhookSecretValidator() => RuleFor(b => b.Overlap).Must(o => o is null || (o >= Duration.Zero && o <= Duration.FromDays(30)))
        .WithMessage(_ => new Text("must be between PT0S and P30D", "应在 PT0S 与 P30D 之间").Localized);
}

/// <summary>ORG-11: a new secret, without a moment in which the receiver can verify nothing.</summary>
internal sealed class RotateWebhookSecretHandler(OrganizationDb db, CommandContext context, KeyRing keys, IClock clock) : IRequestHandler<RotateWebhookSecret, Answer<WebhookSecret>>
{
    private static readonly Duration Usual = Duration.FromHours(24);

    public async Task<Answer<WebhookSecret>> Handle(RotateWebhookSecret request, CancellationToken cancellationToken)
    {
        var webhook = await db.TakeWebhookAsync(request.Id, request.Scope, context, cancellationToken);
        var until = Microseconds.Truncate(Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow()) + (request.Body.Overlap ?? Usual));
        var secret = webhook.RotateSecret(until, keys);
        return new(200, new WebhookSecret(webhook.Id, secret, until, webhook.Version), new Deed("webhook", webhook.Id.ToString(), webhook.Project, clock.GetCurrentInstant()), webhook.Version);
    }
}

internal static class RotateWebhookSecretEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/webhooks/{id:guid}/secret-rotation", (Guid id, Body<RotateWebhookSecretBody> body, Call call) => call.Send(new RotateWebhookSecret(id, call.Scope, body.Value)))
        .Tells<WebhookSecret>(
            "rotateWebhookSecret", "Rotate a webhook's secret", "A new secret, in this answer only. Until the overlap is over every delivery carries both signatures; overlap PT0S ends the old secret at once.", rules: "ORG-11")
        .WithMetadata(new CreatesSomething())
        .Example(new { overlap = "PT24H" })
        .AboutWebhook()
        .Requires(OrganizationPermissions.ManageWebhooks);
}
