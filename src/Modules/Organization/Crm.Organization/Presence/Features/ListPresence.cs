using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Presence.Features;

/// <param name="Project">Only those at this project; of those who are off, only those who were there last.</param>
/// <param name="State">Only those in this state at this moment.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListPresenceQuery(string? Project = null, PresenceState? State = null, int? Limit = null, string? Cursor = null);

internal sealed record ListPresence(ProjectScope Scope, ListPresenceQuery Query) : IRequest<Page<PresenceItem>>;

/// <param name="Staff">The staff code.</param>
/// <param name="Name">The person's name.</param>
/// <param name="State">What they are doing.</param>
/// <param name="Reason">Why they are away; null in other states.</param>
/// <param name="Project">Where, or where they were last; null for the whole group.</param>
/// <param name="Since">Since when.</param>
/// <param name="ByRule">True when they did not sign off: a rule has set them off.</param>
internal sealed record PresenceItem(string Staff, [property: Personal(Datum.StaffName, Guard.InScope)] string Name, PresenceState State, AwayReason? Reason, string? Project, Instant Since, bool ByRule);

/// <summary>ORG-04: who is doing what in the caller's projects, by staff code. Reads it as it stands at this moment, whatever has been written down.</summary>
internal sealed class ListPresenceHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<ListPresence, Page<PresenceItem>>
{
    public async Task<Page<PresenceItem>> Handle(ListPresence request, CancellationToken cancellationToken)
    {
        var q = request.Query;
        var (limit, now, scope) = (Paging.Limit(q.Limit), clock.GetCurrentInstant(), directory.Current.Narrow(request.Scope, q.Project));
        var present = db.PresenceOfStaff();
        if (!scope.Everywhere) present = present.Where(p => p.Project != null && scope.Projects.Contains(p.Project));
        if (q.State == PresenceState.Off) present = present.Where(p => p.OffAt == null || p.OffAt <= now);
        else if (q.State is { } state) present = present.Where(p => p.State == state && p.OffAt > now);
        if (Paging.ReadCursor<CodeKey>(q.Cursor) is { Code: var after }) present = present.Where(p => p.Staff.CompareTo(after) > 0);
        var rows = await present.Join(db.Staff, p => p.Staff, s => s.Code, (Presence, s) => new { Presence, s.Name }).OrderBy(p => p.Presence.Staff).Take(limit + 1).ToListAsync(cancellationToken);
        return Paging.Cut([.. rows.Select(r => Item(r.Presence, r.Name, now))], limit, p => new CodeKey(p.Staff));
    }

    private static PresenceItem Item(PersonPresence presence, string name, Instant now)
    {
        var at = presence.At(now);
        return new(presence.Staff, name, at.State, at.Reason, at.Project, at.Since, at.ByRule);
    }
}

internal static class ListPresenceEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/presence", (Query<ListPresenceQuery> query, Call call) => call.Ask(new ListPresence(call.Scope, query.Value)))
        .Tells<Page<PresenceItem>>("listPresence", "List who is on duty", "Who is on duty, with a customer, away or off in the projects you watch, and since when, by staff code. Who has never said anything is not listed.", rules: "ORG-04")
        .Requires(OrganizationPermissions.WatchPresence);
}
