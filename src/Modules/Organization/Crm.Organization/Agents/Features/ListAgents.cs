using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Presence;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Agents.Features;

/// <param name="Project">Only those who take calls for this project.</param>
/// <param name="State">Only those in this state at this moment.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListAgentsQuery(string? Project = null, PresenceState? State = null, int? Limit = null, string? Cursor = null);

internal sealed record ListAgents(ProjectScope Scope, ListAgentsQuery Query) : IRequest<Page<AgentItem>>;

/// <param name="Staff">The staff code.</param>
/// <param name="Name">The person's name.</param>
/// <param name="State">What they are doing: <c>off</c> is not signed in, <c>onDuty</c> ready, <c>withCustomer</c> busy.</param>
/// <param name="Reason">Why they are away; null in other states.</param>
/// <param name="Since">Since when; null for somebody who has never signed in.</param>
/// <param name="ByRule">True when they did not sign off: a rule has set them off.</param>
internal sealed record AgentItem(string Staff, [property: Personal(Datum.StaffName, Guard.InScope)] string Name, PresenceState State, AwayReason? Reason, Instant? Since, bool ByRule);

/// <summary>ORG-06: what every agent in scope is doing, by staff code; also those who have never signed in. One query, however many there are.</summary>
internal sealed class ListAgentsHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<ListAgents, Page<AgentItem>>
{
    public async Task<Page<AgentItem>> Handle(ListAgents request, CancellationToken cancellationToken)
    {
        var q = request.Query;
        var (limit, now) = (Paging.Limit(q.Limit), clock.GetCurrentInstant());
        var agents = db.AgentsIn(directory.Current.Narrow(request.Scope, q.Project)).AsNoTracking();
        if (Paging.ReadCursor<CodeKey>(q.Cursor) is { Code: var after }) agents = agents.Where(s => s.Code.CompareTo(after) > 0);
        var shown = agents.LeftJoin(db.Presences, s => s.Code, p => p.Staff, (s, p) => new { s.Code, s.Name, Presence = p });
        if (q.State == PresenceState.Off) shown = shown.Where(s => s.Presence == null || s.Presence.OffAt == null || s.Presence.OffAt <= now);
        else if (q.State is { } state) shown = shown.Where(s => s.Presence!.State == state && s.Presence.OffAt > now);
        var rows = await shown.OrderBy(s => s.Code).Take(limit + 1).ToListAsync(cancellationToken);
        return Paging.Cut([.. rows.Select(r => Item(r.Code, r.Name, r.Presence?.At(now)))], limit, a => new CodeKey(a.Staff));
    }

    private static AgentItem Item(string staff, string name, PresenceNow? at) =>
        new(staff, name, at?.State ?? PresenceState.Off, at?.Reason, at?.Since, at?.ByRule ?? false);
}

internal static class ListAgentsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/agents", (Query<ListAgentsQuery> query, Call call) => call.Ask(new ListAgents(call.Scope, query.Value)))
        .Tells<Page<AgentItem>>("listAgents", "Watch the agents", "What each agent of the call centre is doing at this moment, and since when, by staff code. Whose role lets them take calls in one of your projects is an agent.", rules: "ORG-06")
        .Requires(OrganizationPermissions.WatchPresence);
}
