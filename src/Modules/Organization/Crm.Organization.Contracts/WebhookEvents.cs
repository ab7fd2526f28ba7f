using System.Collections.Frozen;
using System.Text.Json;
using Crm.Shared.Access;
using Crm.Shared.Events;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Crm.Organization.Contracts;

/// <summary>ORG-11: one type of event that other systems may subscribe to.</summary>
/// <param name="Name">The public name, e.g. "complaint.registered": letters, digits and full stops. What it carries never loses a member.</param>
/// <param name="Meaning">What it tells of.</param>
/// <param name="Needs">Who may read what it tells of over the API: nobody else may have another system told of it.</param>
[NotPersonal("the name of a type of event", "Name")]
public abstract record WebhookEvent(string Name, Text Meaning, Permission Needs);

/// <inheritdoc/>
/// <typeparam name="TEvent">The module's own event.</typeparam>
/// <param name="Name">The public name.</param>
/// <param name="Meaning">What it tells of.</param>
/// <param name="Needs">The permission to read it.</param>
/// <param name="Project">The project it belongs to: decides which webhooks get it.</param>
/// <param name="Data">What is sent: ids and facts, no personal data. Apart from the event itself, so that the event may change its form.</param>
public sealed record WebhookEvent<TEvent>(string Name, Text Meaning, Permission Needs, Func<TEvent, string> Project, Func<TEvent, object> Data) : WebhookEvent(Name, Meaning, Needs) where TEvent : IntegrationEvent
{
    /// <summary>The body as it goes out, byte for byte: signatures are made over it.</summary>
    public string Body(TEvent happened) => WebhookBody.Write(Name, happened.OccurredAt, Data(happened));
}

/// <summary>The body of a webhook, as the Standard Webhooks specification recommends it.</summary>
public static class WebhookBody
{
    /// <summary>Type, the instant it happened, and the facts.</summary>
    public static string Write(string type, Instant timestamp, object data) => JsonSerializer.Serialize(new { type, timestamp, data }, CrmJson.Options);
}

/// <summary>Which types of event somebody subscribes to at all, in memory: at most about a second behind other hosts. What nobody wants costs no delivery.</summary>
public sealed class SubscribedEvents
{
    private volatile FrozenSet<(string Type, string? Project)> wanted = [];

    /// <summary>True when a webhook of this project, or of the whole company, wants this type.</summary>
    public bool Include(string type, string project) => wanted.Contains((type, project)) || wanted.Contains((type, null));

    /// <summary>Called by the Organization module when it has read the subscriptions anew.</summary>
    public void Replace(IEnumerable<(string Type, string? Project)> subscriptions) => wanted = subscriptions.ToFrozenSet();
}

/// <summary>What modules offer to webhooks.</summary>
public static class OfferedEvents
{
    /// <summary>Makes an event one that other systems may subscribe to.</summary>
    public static IServiceCollection AddWebhookEvent<TEvent>(this IServiceCollection services, WebhookEvent<TEvent> offered) where TEvent : IntegrationEvent => services
        .AddSingleton<WebhookEvent>(offered)
        .AddSingleton(sp =>
        {
            var subscribed = sp.GetRequiredService<SubscribedEvents>();
            return new EventRoute(HeardEvents.Consumer, typeof(TEvent).Name, typeof(Hearing<TEvent>))
            {
                Wants = happened => subscribed.Include(offered.Name, offered.Project((TEvent)happened)),
            };
        });
}

/// <summary>ORG-11: a webhook is no longer served. The organization's own event: its owner is told.</summary>
/// <param name="WebhookId">The webhook.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Owner">The staff code of who answers for it.</param>
/// <param name="Project">Its project; null for every project.</param>
/// <param name="Because">Why: "gone", "failing" or "rights".</param>
[NotPersonal("the name of another system; the staff code of who answers for it", "Name", "Owner")]
public sealed record WebhookDisabled(Guid WebhookId, string Name, string Owner, string? Project, string Because) : IntegrationEvent;
