using Crm.FollowUps.Contracts;
using Crm.Organization.Contracts;
using Crm.Shared.Failures;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.FollowUps;

/// <summary>ORG-11: of what happens to a follow-up, who is told, and in which words.</summary>
internal static class FollowUpNotices
{
    public static readonly NoticeKind<FollowUpPlanned> Planned = new(
        "followups.planned", "FUP-04", new Text("A follow-up is yours to make.", "有新的回访任务。"),
        About, e => [Audience.Person(e.Assignee)],
        (e, zone) => new($"Follow-up {e.Number} is yours to make by {e.DueAt.In(zone)}.", $"回访 {e.Number} 由您负责，请于 {e.DueAt.In(zone)} 前完成。"));

    public static readonly NoticeKind<FollowUpDueSoon> DueSoon = new(
        "followups.due-soon", "FUP-02", new Text("Most of the time for a follow-up is used up.", "回访即将到期。"),
        About, e => [Audience.Person(e.Assignee)],
        (e, zone) => new($"Follow-up {e.Number} is due at {e.DueAt.In(zone)}.", $"回访 {e.Number} 应于 {e.DueAt.In(zone)} 前完成。"));

    public static readonly NoticeKind<FollowUpOverdue> Overdue = new(
        "followups.overdue", "FUP-02", new Text("A follow-up was not made in time.", "回访已超期。"),
        About, e => [Audience.Person(e.Assignee), Audience.Holders(StandardRoles.AreaManager)],
        (e, zone) => new($"Follow-up {e.Number} was due at {e.DueAt.In(zone)} and was not made.", $"回访 {e.Number} 应于 {e.DueAt.In(zone)} 前完成，已超期。"))
    {
        ByMail = true,
    };

    /// <summary>FUP-10: a bad outcome is reported to asset management's head.</summary>
    public static readonly NoticeKind<FollowUpDissatisfied> Dissatisfied = new(
        "followups.dissatisfied", "FUP-10", new Text("A customer is not satisfied with the result.", "回访结果不满意。"),
        About, _ => [Audience.Holders(StandardRoles.HeadOfAssetManagement)],
        (e, _) => new($"Follow-up {e.Number}: satisfaction {e.Satisfaction} of 5{(e.Qualified ? "" : ", the work is not in order")}.", $"回访 {e.Number}：满意度 {e.Satisfaction}/5{(e.Qualified ? "" : "，工作不合格")}。"))
    {
        ByMail = true,
    };

    /// <summary>Registers all of them.</summary>
    public static IServiceCollection AddFollowUpNotices(this IServiceCollection services) => services.AddNotice(Planned).AddNotice(DueSoon).AddNotice(Overdue).AddNotice(Dissatisfied);

    private static NoticeSubject About(FollowUpEvent e) => new("followUp", e.FollowUpId, e.Project);
}
