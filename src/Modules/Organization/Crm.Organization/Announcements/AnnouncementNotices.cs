using Crm.Organization.Contracts;
using Crm.Shared.Failures;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization.Announcements;

/// <summary>ORG-11, ORG-15: staff hear of what was announced to them, corrected and withdrawn. Its words are not in the notice: it is read where it can be taken back.</summary>
internal static class AnnouncementNotices
{
    public static readonly NoticeKind<AnnouncementPublished> Published = new(
        "organization.announcement-published", "ORG-15", new Text("Something was announced to you.", "有新公告发布。"), About, To,
        (_, _) => new("A new announcement was published. Read it, and mark it as read.", "有新公告发布，请阅读并标记已读。"))
    {
        When = e => e.ToStaff,
    };

    public static readonly NoticeKind<AnnouncementCorrected> Corrected = new(
        "organization.announcement-corrected", "ORG-15", new Text("An announcement was corrected.", "公告已更正。"), About, To,
        (e, _) => new($"An announcement was corrected: edition {e.Edition} is to be read again.", $"公告已更正，请重新阅读第 {e.Edition} 版。"))
    {
        When = e => e.ToStaff,
    };

    public static readonly NoticeKind<AnnouncementWithdrawn> Withdrawn = new(
        "organization.announcement-withdrawn", "ORG-15", new Text("An announcement was withdrawn.", "公告已撤回。"), About, To,
        (_, _) => new("An announcement was withdrawn: it does not count any more.", "一条公告已撤回，不再有效。"))
    {
        When = e => e.ToStaff,
    };

    /// <summary>Registers all of them.</summary>
    public static IServiceCollection AddAnnouncementNotices(this IServiceCollection services) => services.AddNotice(Published).AddNotice(Corrected).AddNotice(Withdrawn);

    private static NoticeSubject About(AnnouncementEvent e) => new("announcement", e.AnnouncementId, e.Projects is [var only] ? only : null);

    private static IReadOnlyList<Audience> To(AnnouncementEvent e) => [Audience.Permitted(OrganizationPermissions.ReadAnnouncements.Name, e.Projects)];
}
