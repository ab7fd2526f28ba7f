using Crm.FollowUps.Contracts;
using Crm.Organization.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.FollowUps;

/// <summary>ORG-11: what other systems may hear of follow-ups. Members are added, never taken away: receivers rely on them (docs/webhooks.md).</summary>
internal static class FollowUpWebhookEvents
{
    public static IServiceCollection AddFollowUpWebhookEvents(this IServiceCollection services) => services
        .AddWebhookEvent(new WebhookEvent<FollowUpPlanned>("followup.planned", new("A follow-up was planned.", "已安排回访。"), FollowUpPermissions.Read, Project,
            e => new { followUpId = e.FollowUpId, number = e.Number, project = e.Project, complaintId = e.OriginId, cycle = e.OriginCycle, assignee = e.Assignee, dueAt = e.DueAt }))
        .AddWebhookEvent(new WebhookEvent<FollowUpOverdue>("followup.overdue", new("A follow-up was not made in time.", "回访已超期。"), FollowUpPermissions.Read, Project,
            e => new { followUpId = e.FollowUpId, number = e.Number, project = e.Project, complaintId = e.OriginId, cycle = e.OriginCycle, assignee = e.Assignee, dueAt = e.DueAt }))
        .AddWebhookEvent(new WebhookEvent<FollowUpCompleted>("followup.completed", new("A follow-up is over: made, or given up as unreachable.", "回访已结束（完成或无法联系）。"), FollowUpPermissions.Read, Project,
            e => new { followUpId = e.FollowUpId, number = e.Number, project = e.Project, complaintId = e.OriginId, cycle = e.OriginCycle, reached = e.Reached, satisfaction = e.Satisfaction }))
        .AddWebhookEvent(new WebhookEvent<FollowUpDissatisfied>("followup.dissatisfied", new("A customer is not satisfied with the result.", "回访结果不满意。"), FollowUpPermissions.Read, Project,
            e => new { followUpId = e.FollowUpId, number = e.Number, project = e.Project, complaintId = e.OriginId, cycle = e.OriginCycle, satisfaction = e.Satisfaction, qualified = e.Qualified }));

    private static string Project(FollowUpEvent e) => e.Project;
}
