using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Presence.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListPresenceHistoryQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListPresenceHistory(string Staff, ProjectScope Scope, ListPresenceHistoryQuery Query) : IRequest<Page<PresenceIntervalItem>>;

/// <param name="State">What they were doing.</param>
/// <param name="Reason">Why they were away; null in other states.</param>
/// <param name="Project">Where; null for the whole group.</param>
/// <param name="From">Its first instant.</param>
/// <param name="Until">Its end, which is the first instant of the next; null while it lasts.</param>
/// <param name="By">Who said so: the person, or the rule that set them off.</param>
internal sealed record PresenceIntervalItem(PresenceState State, AwayReason? Reason, string? Project, Instant From, Instant? Until, string By);

/// <summary>ORG-04: what somebody was doing, newest first. What they did at other projects than the caller's is not told.</summary>
internal sealed class ListPresenceHistoryHandler(OrganizationDb db, IClock clock) : IRequestHandler<ListPresenceHistory, Page<PresenceIntervalItem>>
{
    public async Task<Page<PresenceIntervalItem>> Handle(ListPresenceHistory request, CancellationToken cancellationToken)
    {
        var (staff, scope, query) = request;
        var (limit, before) = (Paging.Limit(query.Limit), Paging.ReadCursor<NumberKey>(query.Cursor)?.Number ?? int.MaxValue);
        if (!await db.StaffIn(scope).AnyAsync(s => s.Code == staff, cancellationToken)) throw new NotFound("member of staff", "员工");
        var changes = db.PresenceChanges.AsNoTracking().Where(c => c.Staff == staff && c.Number < before);
        if (!scope.Everywhere) changes = changes.Where(c => c.Project != null && scope.Projects.Contains(c.Project));
        var rows = await changes.OrderByDescending(c => c.Number).Take(limit + 1)
            .Select(c => new { Change = c, Until = db.PresenceChanges.Where(next => next.Staff == c.Staff && next.Number == c.Number + 1).Max(next => (Instant?)next.At) })
            .ToListAsync(cancellationToken);
        var presence = await db.Presences.AsNoTracking().SingleOrDefaultAsync(p => p.Staff == staff, cancellationToken);
        var items = rows.Select(r => (r.Change.Number, Interval: new PresenceInterval(r.Change.State, r.Change.Reason, r.Change.Project, r.Change.At, r.Until, r.Change.By))).ToList();
        if (rows.Count > 0 && rows[0].Change.Number == presence!.Changes)
        {
            // The last change, with what a rule has done since and nobody has written down.
            var last = PresenceTimeline.Of([rows[0].Change], presence, clock.GetCurrentInstant());
            items.RemoveAt(0);
            items.InsertRange(0, last.Select((interval, i) => (Number: presence.Changes + i, Interval: interval)).Where(i => i.Number < before).Reverse());
        }

        var page = Paging.Cut(items, limit, i => new NumberKey(i.Number));
        return new([.. page.Items.Select(i => i.Interval).Select(i => new PresenceIntervalItem(i.State, i.Reason, i.Project, i.From, i.Until, i.By))], page.Next);
    }
}

internal static class ListPresenceHistoryEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/staff/{code}/presence", (string code, Query<ListPresenceHistoryQuery> query, Call call) => call.Ask(new ListPresenceHistory(code, call.Scope, query.Value)))
        .Tells<Page<PresenceIntervalItem>>("listPresenceHistory", "List somebody's presence", "What somebody was doing in the projects you watch, newest first: intervals exact to the microsecond, each of which begins where the one before it ended.", rules: "ORG-04")
        .About("member of staff", "员工", (OrganizationDb db, string code, ProjectScope scope) => db.StaffIn(scope).Where(s => s.Code == code))
        .Requires(OrganizationPermissions.WatchPresence);
}
