using System.Text.Json;
using Crm.Organization.Access;
using Crm.Organization.Contracts;
using Crm.Organization.Customers;
using Crm.Organization.Data;
using Crm.Organization.Deliveries;
using Crm.Organization.Notifications;
using Crm.Organization.Webhooks;
using Crm.Shared.Events;
using Crm.Shared.Http;
using NodaTime;

namespace Crm.Organization.Reactions;

/// <summary>
/// ORG-11: whatever a module registered as worth telling goes into the inboxes of those who are to know, and to the webhooks that want it.
/// ORG-16: by what it registered as making somebody known, the directory knows them from then on.
/// </summary>
internal sealed class WhenItHappens<TEvent>(
    OrganizationDb db, DirectoryRefresh access, OrganizationDirectory directory, IEnumerable<NoticeKind> kinds, IEnumerable<WebhookEvent> offered,
    WantingWebhooks webhooks, NotificationPolicies policies, ChosenWays ways, MailOptions mail, CustomerReports customers, IClock clock)
    : Hearing<TEvent> where TEvent : IntegrationEvent
{
    protected override async Task<Outcome> On(TEvent happened, CancellationToken ct)
    {
        foreach (var kind in kinds.OfType<NoticeKind<TEvent>>().Where(k => k.When(happened))) await TellAsync(kind, happened, ct);
        foreach (var type in offered.OfType<WebhookEvent<TEvent>>()) await SendAsync(type, happened, ct);
        await customers.HearAsync(happened, EventId, ct);
        return Outcome.Done;
    }

    private async Task SendAsync(WebhookEvent<TEvent> type, TEvent happened, CancellationToken ct)
    {
        var wanting = await webhooks.OfAsync(type.Name, type.Project(happened), ct);
        if (wanting.Count == 0) return;
        var body = type.Body(happened);
        foreach (var webhook in wanting)
        {
            var delivery = new Delivery { Lane = webhook.Id, MessageId = EventId, Type = type.Name, Body = body, OccurredAt = happened.OccurredAt };
            db.Add(webhook.IsServed ? delivery : delivery.Withhold(Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow())));
        }
    }

    private async Task TellAsync(NoticeKind<TEvent> kind, TEvent happened, CancellationToken ct)
    {
        var (now, about) = (clock.GetCurrentInstant(), kind.About(happened));
        var project = about.Project is null ? null : directory.Current.FindProject(about.Project);
        var people = Recipients.Of(kind.To(happened), project, access.Staffing, access.Access);
        var isUrgent = project is null ? kind.Urgent : directory.Current.Read(policies.Urgent, project, now).Value.Contains(kind.Name);
        var facts = JsonSerializer.Serialize(happened, CrmJson.Options);
        foreach (var person in await ways.OfAsync(people, ct))
        {
            var quietUntil = person.Quiet?.EndAfter(now, person.ZoneOr(project?.Zone ?? DateTimeZone.Utc));
            db.Set<Notification>().Add(new Notification
            {
                EventId = EventId, Kind = kind.Name, Staff = person.Staff, Project = about.Project, SubjectKind = about.Kind, SubjectId = about.Id, Facts = facts,
                Urgent = isUrgent, Quiet = !isUrgent && quietUntil is not null, OnScreen = person.ChannelsOf(kind).Contains(NoticeChannel.Screen),
                MailAt = !mail.IsSetUp || !person.ChannelsOf(kind).Contains(NoticeChannel.Email) ? null : isUrgent ? now : quietUntil ?? now,
                OccurredAt = happened.OccurredAt, ToldAt = now,
            });
        }
    }
}
