using Crm.Organization.Access;
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

/// <param name="Read">True: only those who have read the valid edition; false: only those who have not.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListAnnouncementReadersQuery(bool? Read = null, int? Limit = null, string? Cursor = null);

internal sealed record ListAnnouncementReaders(Guid Id, ProjectScope Scope, ListAnnouncementReadersQuery Query) : IRequest<Page<ReaderItem>>;

internal sealed record CountAnnouncementReaders(Guid Id, ProjectScope Scope) : IRequest<ReaderCount>;

/// <param name="Staff">The staff code.</param>
/// <param name="Name">The person's name.</param>
/// <param name="ReadAt">When they read the valid edition; null while they have not.</param>
internal sealed record ReaderItem(string Staff, [property: Personal(Datum.StaffName, Guard.InScope)] string Name, Instant? ReadAt);

/// <param name="Edition">The valid edition; 0 for a draft.</param>
/// <param name="Read">How many have read it.</param>
/// <param name="Unread">How many of those it addresses have not.</param>
internal sealed record ReaderCount(int Edition, int Read, int Unread);

/// <summary>
/// ORG-15: who has read an announcement and who has not, by staff code. It addresses those who work here now and may read it; who has read it
/// and does so no more has read it all the same.
/// </summary>
internal sealed class ListAnnouncementReadersHandler(OrganizationDb db, OrganizationDirectory directory, DirectoryRefresh access)
    : IRequestHandler<ListAnnouncementReaders, Page<ReaderItem>>, IRequestHandler<CountAnnouncementReaders, ReaderCount>
{
    public async Task<Page<ReaderItem>> Handle(ListAnnouncementReaders request, CancellationToken cancellationToken)
    {
        var (id, scope, query) = request;
        var limit = Paging.Limit(query.Limit);
        var after = Paging.ReadCursor<CodeKey>(query.Cursor)?.Code;
        var (_, readers) = await ReadersAsync(id, scope, cancellationToken);
        var rows = readers.Where(r => (query.Read is null || query.Read == r.Value is not null) && (after is null || string.CompareOrdinal(r.Key, after) > 0)).Take(limit + 1)
            .Select(r => new ReaderItem(r.Key, directory.Current.FindStaff(r.Key)?.Name ?? r.Key, r.Value)).ToArray();
        return Paging.Cut(rows, limit, r => new CodeKey(r.Staff));
    }

    public async Task<ReaderCount> Handle(CountAnnouncementReaders request, CancellationToken cancellationToken)
    {
        var (edition, readers) = await ReadersAsync(request.Id, request.Scope, cancellationToken);
        var read = readers.Values.Count(at => at is not null);
        return new(edition, read, readers.Count - read);
    }

    /// <summary>Everybody it addresses or who has read its valid edition, in ordinal order: no more than work here, and their marks lie side by side in one index.</summary>
    private async Task<(int Edition, SortedDictionary<string, Instant?> Readers)> ReadersAsync(Guid id, ProjectScope scope, CancellationToken ct)
    {
        var announcement = await db.AnnouncementsUnder(scope).AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, ct) ?? throw new NotFound("announcement", "公告");
        var readers = new SortedDictionary<string, Instant?>(StringComparer.Ordinal);
        if (announcement.AddressesStaff)
            foreach (var person in access.Access.HoldersOf(OrganizationPermissions.ReadAnnouncements.Name, announcement.Projects)) readers[person] = null;
        foreach (var mark in await db.Set<ReadMark>().AsNoTracking().Where(r => r.AnnouncementId == id && r.Edition == announcement.Edition).ToListAsync(ct)) readers[mark.Staff] = mark.ReadAt;
        return (announcement.Edition, readers);
    }
}

internal static class ListAnnouncementReadersEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/announcements/{id:guid}/readers", (Guid id, Query<ListAnnouncementReadersQuery> query, Call call) => call.Ask(new ListAnnouncementReaders(id, call.Scope, query.Value)))
            .Tells<Page<ReaderItem>>("listAnnouncementReaders", "List who has read an announcement", "The staff it addresses, by code, and when each has read its valid edition.", rules: "ORG-15")
            .About("announcement", "公告", (OrganizationDb db, Guid id, ProjectScope scope) => db.AnnouncementsUnder(scope).Where(a => a.Id == id))
            .Requires(OrganizationPermissions.PublishAnnouncements);
        routes.MapGet("/announcements/{id:guid}/readers/count", (Guid id, Call call) => call.Ask(new CountAnnouncementReaders(id, call.Scope)))
            .Tells<ReaderCount>("countAnnouncementReaders", "Count who has read an announcement", "How many of the staff it addresses have read its valid edition, and how many have not.", rules: "ORG-15")
            .About("announcement", "公告", (OrganizationDb db, Guid id, ProjectScope scope) => db.AnnouncementsUnder(scope).Where(a => a.Id == id))
            .Requires(OrganizationPermissions.PublishAnnouncements);
    }
}
