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

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListAnnouncementEditionsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListAnnouncementEditions(Guid Id, ProjectScope Scope, ListAnnouncementEditionsQuery Query) : IRequest<Page<EditionItem>>;

/// <param name="Number">Which edition, from 1.</param>
/// <param name="Title">Its title, in Chinese.</param>
/// <param name="Body">What it said, in Chinese.</param>
/// <param name="TitleEn">The title in English; null for none.</param>
/// <param name="BodyEn">What it said in English; null for none.</param>
/// <param name="Correction">What it put right; null for the first.</param>
/// <param name="By">Who published it.</param>
/// <param name="At">When they did.</param>
[NotPersonal("what is made known to everybody it addresses", "Body", "BodyEn")]
internal sealed record EditionItem(int Number, string Title, string Body, string? TitleEn, string? BodyEn, string? Correction, string By, Instant At);

/// <summary>ORG-15: what was published under one announcement, word for word, the last edition first.</summary>
internal sealed class ListAnnouncementEditionsHandler(OrganizationDb db) : IRequestHandler<ListAnnouncementEditions, Page<EditionItem>>
{
    public async Task<Page<EditionItem>> Handle(ListAnnouncementEditions request, CancellationToken cancellationToken)
    {
        var (id, scope, query) = request;
        var limit = Paging.Limit(query.Limit);
        var before = Paging.ReadCursor<NumberKey>(query.Cursor)?.Number;
        if (!await db.AnnouncementsUnder(scope).AnyAsync(a => a.Id == id, cancellationToken)) throw new NotFound("announcement", "公告");
        var rows = await db.Set<AnnouncementEdition>().Where(e => e.AnnouncementId == id && (before == null || e.Number < before)).OrderByDescending(e => e.Number).Take(limit + 1)
            .Select(e => new EditionItem(e.Number, e.Title, e.Body, e.TitleEn, e.BodyEn, e.Correction, e.By, e.At)).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, e => new NumberKey(e.Number));
    }
}

internal static class ListAnnouncementEditionsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/announcements/{id:guid}/editions", (Guid id, Query<ListAnnouncementEditionsQuery> query, Call call) => call.Ask(new ListAnnouncementEditions(id, call.Scope, query.Value)))
        .Tells<Page<EditionItem>>("listAnnouncementEditions", "List an announcement's editions", "What was published, word for word, the last edition first. A draft has none.", rules: "ORG-15")
        .About("announcement", "公告", (OrganizationDb db, Guid id, ProjectScope scope) => db.AnnouncementsUnder(scope).Where(a => a.Id == id))
        .Requires(OrganizationPermissions.WriteAnnouncements);
}
