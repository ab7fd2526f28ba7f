using Crm.Organization.Contracts;
using Crm.Organization.Deliveries;
using Crm.Organization.Features;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Crm.Shared.Retention;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization.Webhooks;

/// <summary>ORG-11: what webhooks consist of.</summary>
internal static class WebhooksPart
{
    private static readonly NoticeKind<WebhookDisabled> Disabled = new(
        "webhooks.disabled", "ORG-11", new Text("A webhook of yours is no longer served.", "您负责的 Webhook 已停用。"),
        e => new NoticeSubject("webhook", e.WebhookId, e.Project), e => [Audience.Person(e.Owner)],
        (e, _) => e.Because switch
        {
            "gone" => new($"The webhook {e.Name} is disabled: its receiver wants no more.", $"Webhook {e.Name} 已停用：接收方不再接收。"),
            "rights" => new($"The webhook {e.Name} is disabled: you may not read all that it is told of. Choose other events or another owner, and enable it again.", $"Webhook {e.Name} 已停用：您无权查看其订阅的全部事件。请调整事件或负责人后重新启用。"),
            _ => new($"The webhook {e.Name} is disabled: it has failed for too long. Look at its deliveries, enable it again, and replay what it missed.", $"Webhook {e.Name} 已停用：持续投递失败。请查看投递记录，重新启用并补发。"),
        })
    {
        ByMail = true,
    };

    public static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddSingleton<SubscribedEvents>()
        .AddScoped<WantingWebhooks>()
        .AddSingleton<WebhookRules>()
        .AddSingleton<WebhookRights>()
        .AddScoped<IHoldings, OwnedWebhooks>()
        .AddSingleton<WebhookClient>()
        .AddSingleton<DeliveryQueue>()
        .AddSingleton<Sender, WebhookSender>()
        .AddHostedService<Deliverer>()
        .AddSingleton(new ForgottenRows(OrganizationModule.Schema, "deliveries", "ended_at < $2", keep => keep.Deliveries))
        .AddSingleton(new ForgottenRows(OrganizationModule.Schema, "delivery_attempts", "tried_at < $2", keep => keep.Deliveries))
        .AddSingleton(new SealedColumn("organization.webhooks", "sealed_secret", "'webhooks:' || id"))
        .AddSingleton(new SealedColumn("organization.webhooks", "sealed_previous_secret", "'webhooks:' || id"))
        .AddNotice(Disabled);

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        ListWebhooksEndpoint.Map(routes);
        ListWebhookEventsEndpoint.Map(routes);
        CreateWebhookEndpoint.Map(routes);
        EditWebhookEndpoint.Map(routes);
        DeleteWebhookEndpoint.Map(routes);
        RotateWebhookSecretEndpoint.Map(routes);
        EnableWebhookEndpoint.Map(routes);
        TestWebhookEndpoint.Map(routes);
        ListDeliveriesEndpoint.Map(routes);
        ListAttemptsEndpoint.Map(routes);
        ReplayDeliveryEndpoint.Map(routes);
        ReplayFailedEndpoint.Map(routes);
    }
}
