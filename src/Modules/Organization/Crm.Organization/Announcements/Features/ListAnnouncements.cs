using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Announcements.Features;

/// <param name="Project">Only what reaches this project.</param>
/// <param name="Audience">Only what addresses residents (or both), or staff (or both).</param>
/// <param name="Unread">For staff. True: only what addresses them and they have not marked as read; false: only what they have.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListAnnouncementsQuery(string? Project = null, AnnouncementReaders? Audience = null, bool? Unread = null, int? Limit = null, string? Cursor = null);

/// <summary>ORG-15: those who read.</summary>
internal enum AnnouncementReaders
{
    /// <summary>业主与住户.</summary>
    Residents,

    /// <summary>员工.</summary>
    Staff,
}

internal sealed record ListAnnouncements(Caller Caller, ProjectScope Scope, ListAnnouncementsQuery Query) : IRequest<Page<AnnouncementItem>>;

internal sealed record GetAnnouncement(Guid Id, Caller Caller, ProjectScope Scope) : IRequest<AnnouncementDetails>;

/// <param name="Id">What other calls name it by.</param>
/// <param name="Edition">Which edition this is; above 1 it is a correction.</param>
/// <param name="Audience">Whom it addresses.</param>
/// <param name="Reach">Some projects, or every project.</param>
/// <param name="Projects">Those of its projects that are yours to see.</param>
/// <param name="Pinned">It stands above the others.</param>
/// <param name="Title">What it is about, in Chinese.</param>
/// <param name="TitleEn">The same in English; null for none.</param>
/// <param name="PublishedFrom">Since when it can be read.</param>
/// <param name="PublishedUntil">When it ends; null for never.</param>
/// <param name="Correction">What this edition puts right; null for the first.</param>
/// <param name="Read">Whether you have marked this edition as read; null where nobody asks you to.</param>
internal sealed record AnnouncementItem(
    Guid Id, int Edition, AnnouncementAudience Audience, AnnouncementReach Reach, IReadOnlyList<string> Projects, bool Pinned, string Title, string? TitleEn, Instant PublishedFrom,
    Instant? PublishedUntil, string? Correction, bool? Read);

/// <param name="Id">What other calls name it by.</param>
/// <param name="Edition">Which edition this is; above 1 it is a correction.</param>
/// <param name="Audience">Whom it addresses.</param>
/// <param name="Reach">Some projects, or every project.</param>
/// <param name="Projects">Those of its projects that are yours to see.</param>
/// <param name="Title">What it is about, in Chinese.</param>
/// <param name="Body">What it says, in Chinese.</param>
/// <param name="TitleEn">The title in English; null for none.</param>
/// <param name="BodyEn">What it says in English; null for none.</param>
/// <param name="PublishedFrom">Since when it can be read.</param>
/// <param name="PublishedUntil">When it ends or has ended; null for never.</param>
/// <param name="Correction">What this edition puts right; null for the first.</param>
/// <param name="CorrectedAt">When it was put right.</param>
/// <param name="Read">Whether you have marked this edition as read; null where nobody asks you to.</param>
[NotPersonal("what is made known to everybody it addresses", "Body", "BodyEn")]
internal sealed record AnnouncementDetails(
    Guid Id, int Edition, AnnouncementAudience Audience, AnnouncementReach Reach, IReadOnlyList<string> Projects, string Title, string Body, string? TitleEn, string? BodyEn,
    Instant PublishedFrom, Instant? PublishedUntil, string? Correction, Instant? CorrectedAt, bool? Read);

/// <summary>ORG-15: what can be read at this instant in the caller's projects: pinned ones first, then newest first.</summary>
internal sealed class ListAnnouncementsHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock)
    : IRequestHandler<ListAnnouncements, Page<AnnouncementItem>>, IRequestHandler<GetAnnouncement, AnnouncementDetails>
{
    public async Task<Page<AnnouncementItem>> Handle(ListAnnouncements request, CancellationToken cancellationToken)
    {
        var (caller, scope, q) = request;
        var limit = Paging.Limit(q.Limit);
        var cursor = Paging.ReadCursor<PlaceKey>(q.Cursor);
        var announcements = db.AnnouncementsTo(directory.Current.Narrow(scope, q.Project)).Current(clock.GetCurrentInstant()).ShownTo(caller);
        if (q.Audience is { } readers)
        {
            var others = readers == AnnouncementReaders.Staff ? AnnouncementAudience.Residents : AnnouncementAudience.Staff;
            announcements = announcements.Where(a => a.Audience != others);
        }

        if (q.Unread is { } unread) announcements = Marked(announcements, caller, unread);
        if (cursor is { Pinned: var pinned, At: var at, Id: var id })
            announcements = announcements.Where(a => EF.Functions.LessThan(ValueTuple.Create(a.Pinned, a.PublishedFrom, a.Id), ValueTuple.Create(pinned, (Instant?)at, id)));
        var staff = caller.Staff;
        var rows = await announcements.OrderByDescending(a => a.Pinned).ThenByDescending(a => a.PublishedFrom).ThenByDescending(a => a.Id).Take(limit + 1)
            .Select(a => new { A = a, Read = db.Set<ReadMark>().Any(r => r.AnnouncementId == a.Id && r.Edition == a.Edition && r.Staff == staff) }).AsNoTracking().ToListAsync(cancellationToken);
        return Paging.Cut([.. rows.Select(r => Item(r.A, scope, Asked(r.A, caller) ? r.Read : null))], limit, a => new PlaceKey(a.Pinned, a.PublishedFrom, a.Id));
    }

    public async Task<AnnouncementDetails> Handle(GetAnnouncement request, CancellationToken cancellationToken)
    {
        var (id, caller, scope) = request;
        var a = await db.AnnouncementsTo(scope).Begun(clock.GetCurrentInstant()).ShownTo(caller).AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, cancellationToken)
            ?? throw new NotFound("announcement", "公告");
        bool? read = Asked(a, caller) ? await db.Set<ReadMark>().AnyAsync(r => r.AnnouncementId == id && r.Edition == a.Edition && r.Staff == caller.Staff, cancellationToken) : null;
        return new(
            a.Id, a.Edition, a.Audience, a.Reach, Seen(a, scope), a.Title, a.Body, a.TitleEn, a.BodyEn, a.PublishedFrom!.Value, a.PublishedUntil, a.Correction, a.CorrectedAt, read);
    }

    private IQueryable<Announcement> Marked(IQueryable<Announcement> announcements, Caller caller, bool unread)
    {
        if (caller.Staff is not { } staff) throw Malformed.Field("unread", new Text("is for staff: a machine marks nothing as read", "仅供员工使用：机器没有已读标记"));
        return unread
            ? announcements.Unread(db, staff)
            : announcements.Where(a => db.Set<ReadMark>().Any(r => r.AnnouncementId == a.Id && r.Edition == a.Edition && r.Staff == staff));
    }

    private static AnnouncementItem Item(Announcement a, ProjectScope scope, bool? read) => new(
        a.Id, a.Edition, a.Audience, a.Reach, Seen(a, scope), a.Pinned, a.Title, a.TitleEn, a.PublishedFrom!.Value, a.PublishedUntil, a.Correction, read);

    private static bool Asked(Announcement a, Caller caller) => a.AddressesStaff && caller.Staff is not null;

    private static string[] Seen(Announcement a, ProjectScope scope) => [.. a.Projects.Where(scope.Includes)];

    /// <summary>A place in the list.</summary>
    internal sealed record PlaceKey(bool Pinned, Instant At, Guid Id);
}

internal static class ListAnnouncementsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/announcements", (Query<ListAnnouncementsQuery> query, Call call) => call.Ask(new ListAnnouncements(call.Caller, call.Scope, query.Value)))
            .Tells<Page<AnnouncementItem>>("listAnnouncements", "List announcements", "What can be read now in your projects: pinned ones first, then newest first. A machine is shown what is for residents.", rules: "ORG-15")
            .Requires(OrganizationPermissions.ReadAnnouncements);
        routes.MapGet("/announcements/{id:guid}", (Guid id, Call call) => call.Ask(new GetAnnouncement(id, call.Caller, call.Scope)))
            .Tells<AnnouncementDetails>("getAnnouncement", "Read an announcement", "The valid edition, also after its end. What is not published yet, or was withdrawn, is not found.", rules: "ORG-15")
            .About("announcement", "公告", (OrganizationDb db, Guid id, ProjectScope scope) => db.AnnouncementsTo(scope).Where(a => a.Id == id))
            .Requires(OrganizationPermissions.ReadAnnouncements);
    }
}
