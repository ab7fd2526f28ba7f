using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Announcements;

/// <summary>
/// ORG-03, ORG-15: an announcement is read by those whose right reaches one of its projects, and worked on by those whose right reaches all
/// of them: what speaks to every project belongs to those who hold the right in every project.
/// </summary>
internal static class AnnouncementScope
{
    /// <summary>What may be worked on in the scope, however it stands.</summary>
    public static IQueryable<Announcement> AnnouncementsUnder(this OrganizationDb db, ProjectScope scope)
    {
        if (scope.Everywhere) return db.Set<Announcement>();
        string[] projects = [.. scope.Projects];
        return db.Set<Announcement>().Where(a => a.Reach == AnnouncementReach.Projects && a.Projects.All(p => projects.Contains(p)));
    }

    /// <summary>What was published to the scope, or is to be, and was not withdrawn.</summary>
    public static IQueryable<Announcement> AnnouncementsTo(this OrganizationDb db, ProjectScope scope)
    {
        var published = db.Set<Announcement>().Where(a => a.Status == AnnouncementStatus.Published);
        if (scope.Everywhere) return published;
        string[] projects = [.. scope.Projects];
        return published.Where(a => a.Reach == AnnouncementReach.Everywhere || a.Projects.Any(p => projects.Contains(p)));
    }

    /// <summary>Those whose beginning has come. Asks the instants, not whether anything has been told: nothing depends on a job.</summary>
    public static IQueryable<Announcement> Begun(this IQueryable<Announcement> announcements, Instant now) => announcements.Where(a => a.PublishedFrom <= now);

    /// <summary>Those that can be read at this instant.</summary>
    public static IQueryable<Announcement> Current(this IQueryable<Announcement> announcements, Instant now) =>
        announcements.Begun(now).Where(a => a.PublishedUntil == null || a.PublishedUntil > now);

    /// <summary>Those that the caller is addressed by: a machine shows them to residents, so what is for staff alone is not shown to it.</summary>
    public static IQueryable<Announcement> ShownTo(this IQueryable<Announcement> announcements, Caller caller) =>
        caller.Staff is null ? announcements.Where(a => a.Audience != AnnouncementAudience.Staff) : announcements;

    /// <summary>Those addressed to staff of which this one has not read the valid edition.</summary>
    public static IQueryable<Announcement> Unread(this IQueryable<Announcement> announcements, OrganizationDb db, string staff) =>
        announcements.Where(a => a.Audience != AnnouncementAudience.Residents && !db.Set<ReadMark>().Any(r => r.AnnouncementId == a.Id && r.Edition == a.Edition && r.Staff == staff));

    /// <summary>Takes the announcement's row lock and reads it.</summary>
    /// <exception cref="NotFound">Missing, or outside the scope.</exception>
    public static async Task<Announcement> TakeAnnouncementAsync(this OrganizationDb db, ProjectScope scope, Guid id, CancellationToken ct)
    {
        await db.LockAsync<Announcement>(id, ct);
        return await db.AnnouncementsUnder(scope).SingleOrDefaultAsync(a => a.Id == id, ct) ?? throw new NotFound("announcement", "公告");
    }

    /// <summary>Insists that the caller may speak to these projects, or to all.</summary>
    /// <exception cref="NotFound">One of the projects is missing, or outside the scope.</exception>
    /// <exception cref="BrokenRule">ORG-15: it would reach every project, and the right does not.</exception>
    public static void EnsureMayAddress(this OrganizationSnapshot organization, ProjectScope scope, AnnouncementAddress address)
    {
        if (address.Projects.Any(p => !scope.Includes(p) || organization.FindProject(p) is null)) throw new NotFound("project", "项目", field: "projects");
        if (address.Reach == AnnouncementReach.Everywhere && !scope.Everywhere)
            throw new BrokenRule("ORG-15", new Text("Who addresses every project holds the right in every project.", "面向全部项目的公告须由拥有全部项目权限的人操作。"), [.. scope.Projects.Order(StringComparer.Ordinal)]);
    }
}
