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

/// <param name="State">Only those that stand so now.</param>
/// <param name="Project">Only those that name this project.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListAnnouncementRegisterQuery(AnnouncementState? State = null, string? Project = null, int? Limit = null, string? Cursor = null);

internal sealed record ListAnnouncementRegister(ProjectScope Scope, ListAnnouncementRegisterQuery Query) : IRequest<Page<RegisteredAnnouncement>>;

internal sealed record GetRegisteredAnnouncement(Guid Id, ProjectScope Scope) : IRequest<RegisteredAnnouncement>;

/// <param name="Id">What other calls name it by.</param>
/// <param name="State">How it stands now.</param>
/// <param name="Edition">The valid edition; 0 for a draft.</param>
/// <param name="Audience">Whom it addresses.</param>
/// <param name="Reach">Some projects, or every project.</param>
/// <param name="Projects">Which.</param>
/// <param name="Pinned">It stands above the others.</param>
/// <param name="Title">What it is about, in Chinese.</param>
/// <param name="Body">What it says, in Chinese.</param>
/// <param name="TitleEn">The title in English; null for none.</param>
/// <param name="BodyEn">What it says in English; null for none.</param>
/// <param name="PublishedFrom">From when on it can be read; null for a draft.</param>
/// <param name="PublishedUntil">Before when it can be read; null for no end.</param>
/// <param name="Correction">What the valid edition puts right.</param>
/// <param name="CorrectedAt">When.</param>
/// <param name="WrittenBy">Who began it.</param>
/// <param name="WrittenAt">When.</param>
/// <param name="WithdrawnAt">When it was taken back.</param>
/// <param name="WithdrawalReason">Why.</param>
/// <param name="Version">For If-Match.</param>
[NotPersonal("what is made known to everybody it addresses", "Body", "BodyEn")]
internal sealed record RegisteredAnnouncement(
    Guid Id, AnnouncementState State, int Edition, AnnouncementAudience Audience, AnnouncementReach Reach, IReadOnlyList<string> Projects, bool Pinned, string Title, string Body, string? TitleEn, string? BodyEn,
    Instant? PublishedFrom, Instant? PublishedUntil, string? Correction, Instant? CorrectedAt, string WrittenBy, Instant WrittenAt, Instant? WithdrawnAt,
    [property: Personal(Datum.Reason, Guard.InScope)] string? WithdrawalReason, int Version) : IVersioned
{
    public static RegisteredAnnouncement Of(Announcement a, Instant now) => new(
        a.Id, a.StateAt(now), a.Edition, a.Audience, a.Reach, a.Projects, a.Pinned, a.Title, a.Body, a.TitleEn, a.BodyEn, a.PublishedFrom, a.PublishedUntil, a.Correction, a.CorrectedAt,
        a.WrittenBy, a.WrittenAt, a.WithdrawnAt, a.WithdrawalReason, a.Version);
}

/// <summary>ORG-15: every announcement there ever was, for those who write for all its projects; what was begun last comes first.</summary>
internal sealed class ListAnnouncementRegisterHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock)
    : IRequestHandler<ListAnnouncementRegister, Page<RegisteredAnnouncement>>, IRequestHandler<GetRegisteredAnnouncement, RegisteredAnnouncement>
{
    public async Task<Page<RegisteredAnnouncement>> Handle(ListAnnouncementRegister request, CancellationToken cancellationToken)
    {
        var (scope, q) = request;
        var limit = Paging.Limit(q.Limit);
        var before = Paging.ReadCursor<IdKey>(q.Cursor)?.Id;
        var (announcements, now) = (db.AnnouncementsUnder(scope), clock.GetCurrentInstant());
        if (q.Project is { } named)
        {
            var project = directory.Current.ProjectIn(scope, named).Code;
            announcements = announcements.Where(a => a.Projects.Contains(project));
        }

        if (q.State is { } state) announcements = InState(announcements, state, now);
        // Identities grow with time.
        if (before is { } id) announcements = announcements.Where(a => a.Id < id);
        var rows = await announcements.AsNoTracking().OrderByDescending(a => a.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return Paging.Cut([.. rows.Select(a => RegisteredAnnouncement.Of(a, now))], limit, a => new IdKey(a.Id));
    }

    public async Task<RegisteredAnnouncement> Handle(GetRegisteredAnnouncement request, CancellationToken cancellationToken) => RegisteredAnnouncement.Of(
        await db.AnnouncementsUnder(request.Scope).AsNoTracking().SingleOrDefaultAsync(a => a.Id == request.Id, cancellationToken) ?? throw new NotFound("announcement", "公告"),
        clock.GetCurrentInstant());

    private static IQueryable<Announcement> InState(IQueryable<Announcement> announcements, AnnouncementState state, Instant now) => state switch
    {
        AnnouncementState.Draft => announcements.Where(a => a.Status == AnnouncementStatus.Draft),
        AnnouncementState.Withdrawn => announcements.Where(a => a.Status == AnnouncementStatus.Withdrawn),
        AnnouncementState.Scheduled => announcements.Where(a => a.Status == AnnouncementStatus.Published && a.PublishedFrom > now),
        AnnouncementState.Ended => announcements.Where(a => a.Status == AnnouncementStatus.Published && a.PublishedUntil <= now),
        _ => announcements.Where(a => a.Status == AnnouncementStatus.Published).Current(now),
    };
}

internal static class ListAnnouncementRegisterEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/announcements/register", (Query<ListAnnouncementRegisterQuery> query, Call call) => call.Ask(new ListAnnouncementRegister(call.Scope, query.Value)))
            .Tells<Page<RegisteredAnnouncement>>("listAnnouncementRegister", "List the register of announcements", "Drafts and all that was ever published, of which all projects are yours to write for; the one begun last comes first.", rules: "ORG-15")
            .Requires(OrganizationPermissions.WriteAnnouncements);
        routes.MapGet("/announcements/register/{id:guid}", (Guid id, Call call) => call.Ask(new GetRegisteredAnnouncement(id, call.Scope)))
            .Tells<RegisteredAnnouncement>("getRegisteredAnnouncement", "Get an announcement of the register", "However it stands, with the ETag an edit needs.", rules: "ORG-15")
            .About("announcement", "公告", (OrganizationDb db, Guid id, ProjectScope scope) => db.AnnouncementsUnder(scope).Where(a => a.Id == id))
            .Requires(OrganizationPermissions.WriteAnnouncements);
    }
}
