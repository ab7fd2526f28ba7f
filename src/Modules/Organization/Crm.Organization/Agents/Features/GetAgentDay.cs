using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Presence;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Agents.Features;

/// <param name="Date">The day; today when absent.</param>
/// <param name="Project">The day is one of this project's zone; of the group's, Asia/Shanghai, when absent.</param>
internal sealed record GetAgentDayQuery(LocalDate? Date = null, string? Project = null);

internal sealed record GetAgentDay(string Staff, ProjectScope Scope, GetAgentDayQuery Query) : IRequest<AgentDay>;

/// <param name="Staff">The staff code.</param>
/// <param name="Date">The day.</param>
/// <param name="TimeZone">The zone in which it is one.</param>
/// <param name="Ready">How long the agent was ready, as far as the day has come.</param>
/// <param name="Busy">How long with a customer.</param>
/// <param name="Away">How long away.</param>
/// <param name="CallsHandled">Calls the agent took that day.</param>
/// <param name="CallsMissed">Calls that rang at the agent that day, who never took them.</param>
/// <param name="TalkTime">How long the calls handled lasted, as far as their end was reported.</param>
/// <param name="CasesRegistered">Cases the agent registered that day, of every kind and project.</param>
internal sealed record AgentDay(
    string Staff, LocalDate Date, string TimeZone, Duration Ready, Duration Busy, Duration Away, int CallsHandled, int CallsMissed, Duration TalkTime, long CasesRegistered);

/// <summary>ORG-06: an agent's day in numbers.</summary>
internal sealed class GetAgentDayHandler(OrganizationDb db, OrganizationDirectory directory, IEnumerable<StaffFigures> figures, IClock clock) : IRequestHandler<GetAgentDay, AgentDay>
{
    public async Task<AgentDay> Handle(GetAgentDay request, CancellationToken cancellationToken)
    {
        var (staff, scope, (asked, named)) = request;
        var zone = named is null ? GroupZone.Zone : directory.Current.ProjectIn(scope, named).Zone;
        if (!await db.AgentsIn(scope).AnyAsync(s => s.Code == staff, cancellationToken)) throw new NotFound("agent", "坐席");
        var now = clock.GetCurrentInstant();
        var date = asked ?? now.InZone(zone).Date;
        var day = new Interval(zone.AtStartOfDay(date).ToInstant(), zone.AtStartOfDay(date.PlusDays(1)).ToInstant());
        var intervals = await IntervalsAsync(staff, day, now, cancellationToken);
        var calls = CallCount.Of(await FactsAsync(staff, day, cancellationToken), day);
        var registered = 0L;
        foreach (var module in figures.Where(m => m.Kinds.Any(k => k.Name == StaffFigures.CasesRegistered)))
            registered += (await module.ReadAsync(staff, project: null, day, cancellationToken))[StaffFigures.CasesRegistered].Count;
        return new(
            staff, date, zone.Id, intervals.TimeIn(PresenceState.OnDuty, day, now), intervals.TimeIn(PresenceState.WithCustomer, day, now), intervals.TimeIn(PresenceState.Away, day, now),
            calls.Handled, calls.Missed, calls.Talked, registered);
    }

    /// <summary>What they did from the change before the day on.</summary>
    private async Task<IReadOnlyList<PresenceInterval>> IntervalsAsync(string staff, Interval day, Instant now, CancellationToken ct)
    {
        if (await db.Presences.AsNoTracking().SingleOrDefaultAsync(p => p.Staff == staff, ct) is not { } presence) return [];
        var first = await db.PresenceChanges.Where(c => c.Staff == staff && c.At <= day.Start).MaxAsync(c => (int?)c.Number, ct) ?? 1;
        var next = await db.PresenceChanges.Where(c => c.Staff == staff && c.At >= day.End).MinAsync(c => (int?)c.Number, ct) ?? presence.Changes;
        var changes = await db.PresenceChanges.AsNoTracking().Where(c => c.Staff == staff && c.Number >= first && c.Number <= next).OrderBy(c => c.Number).ToListAsync(ct);
        return PresenceTimeline.Of(changes, presence, now);
    }

    /// <summary>All that is known of each call of theirs that has a fact on the day.</summary>
    private Task<List<CallEvent>> FactsAsync(string staff, Interval day, CancellationToken ct) => db.CallEvents.AsNoTracking()
        .Where(e => e.Staff == staff && db.CallEvents.Any(o => o.Staff == staff && o.At >= day.Start && o.At < day.End && o.System == e.System && o.Call == e.Call)).ToListAsync(ct);
}

internal static class GetAgentDayEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/agents/{code}/day", (string code, Query<GetAgentDayQuery> query, Call call) => call.Ask(new GetAgentDay(code, call.Scope, query.Value)))
        .Tells<AgentDay>("getAgentDay", "Count an agent's day", "Time in each state, calls and cases of one day, at any time during or after it. What the call-centre software reports late is counted where it belongs.", rules: "ORG-06")
        .About("agent", "坐席", (OrganizationDb db, string code, ProjectScope scope) => db.AgentsIn(scope).Where(s => s.Code == code))
        .Requires(OrganizationPermissions.WatchPresence);
}
