using System.Text.Json;
using Crm.Organization.Access;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Notifications;
using Crm.Shared.Events;
using Crm.Shared.Http;
using NodaTime;

namespace Crm.Organization.Reactions;

/// <summary>ORG-11: whatever a module registered as worth telling goes into the inboxes of those who are to know.</summary>
internal sealed class WhenItHappens<TEvent>(
    OrganizationDb db, DirectoryRefresh access, OrganizationDirectory directory, IEnumerable<NoticeKind> kinds, NotificationPolicies policies, ChosenWays ways, IClock clock)
    : Hearing<TEvent> where TEvent : IntegrationEvent
{
    protected override async Task<Outcome> On(TEvent happened, CancellationToken ct)
    {
        foreach (var kind in kinds.OfType<NoticeKind<TEvent>>().Where(k => k.When(happened))) await TellAsync(kind, happened, ct);
        return Outcome.Done;
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
                OccurredAt = happened.OccurredAt, ToldAt = now,
            });
        }
    }
}
