using Crm.Complaints.Contracts;
using Crm.Organization.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Complaints;

/// <summary>ORG-11: what other systems may hear of cases. Members are added, never taken away: receivers rely on them (docs/webhooks.md).</summary>
internal static class ComplaintWebhookEvents
{
    public static IServiceCollection AddComplaintWebhookEvents(this IServiceCollection services) => services
        .AddWebhookEvent(new WebhookEvent<CaseRegistered>("complaint.registered", new("A case was registered.", "登记了一件投诉（案件）。"), ComplaintPermissions.Read, Project,
            e => new { complaintId = e.ComplaintId, number = e.Number, project = e.Project, cycle = e.Cycle, kind = e.Kind, severity = e.Severity, category = e.Category, channel = e.Channel }))
        .AddWebhookEvent(new WebhookEvent<ComplaintEscalated>("complaint.escalated", new("A complaint has become major, by a rule or by hand.", "投诉按规则或经人工升级为重大投诉。"), ComplaintPermissions.Read, Project,
            e => new { complaintId = e.ComplaintId, number = e.Number, project = e.Project, cycle = e.Cycle, from = e.From, to = e.To, rule = e.Rule }))
        .AddWebhookEvent(new WebhookEvent<ComplaintClockWarned>("complaint.clock.warned", new("Most of the time of a case's clock is used up.", "案件时限即将到期。"), ComplaintPermissions.Read, Project,
            e => new { complaintId = e.ComplaintId, number = e.Number, project = e.Project, cycle = e.Cycle, clock = e.Clock, dueAt = e.DueAt }))
        .AddWebhookEvent(new WebhookEvent<ComplaintClockBreached>("complaint.clock.breached", new("A case's clock has run out.", "案件时限已超期。"), ComplaintPermissions.Read, Project,
            e => new { complaintId = e.ComplaintId, number = e.Number, project = e.Project, cycle = e.Cycle, clock = e.Clock, dueAt = e.DueAt }))
        .AddWebhookEvent(new WebhookEvent<ComplaintResolved>("complaint.resolved", new("A case was resolved.", "案件已处理。"), ComplaintPermissions.Read, Project,
            e => new { complaintId = e.ComplaintId, number = e.Number, project = e.Project, cycle = e.Cycle, kind = e.Kind, major = e.Major }))
        .AddWebhookEvent(new WebhookEvent<ComplaintReopened>("complaint.reopened", new("A case was reopened.", "案件重新处理。"), ComplaintPermissions.Read, Project, Plain))
        .AddWebhookEvent(new WebhookEvent<ComplaintWithdrawn>("complaint.withdrawn", new("A case was withdrawn.", "案件已撤回。"), ComplaintPermissions.Read, Project, Plain))
        .AddWebhookEvent(new WebhookEvent<ComplaintArchived>("complaint.archived", new("A case was archived.", "案件已归档。"), ComplaintPermissions.Read, Project, Plain));

    private static string Project(CaseEvent e) => e.Project;

    private static object Plain(CaseEvent e) => new { complaintId = e.ComplaintId, number = e.Number, project = e.Project, cycle = e.Cycle };
}
