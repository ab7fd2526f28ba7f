using Crm.FollowUps.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Microsoft.EntityFrameworkCore;

namespace Crm.FollowUps;

/// <summary>ORG-03: the follow-ups that somebody is to make.</summary>
internal sealed class PlannedVisits(FollowUpsDb db, FollowUpDesk desk, OrganizationDirectory directory) : HandOver<FollowUpsDb, FollowUp, VisitPolicies>(db, desk, directory), IHoldings
{
    public string Kind => "followUp";

    private IQueryable<FollowUp> Planned => Db.FollowUps.Where(f => f.State == FollowUpState.Planned);

    public async Task<IReadOnlyList<Holding>> ListAsync(string staff, ProjectScope scope, string? after, int limit, CancellationToken ct)
    {
        var visits = Planned.VisibleIn(scope).Where(f => f.Assignee == staff);
        if (Guid.TryParse(after, out var last)) visits = visits.Where(f => f.Id.CompareTo(last) > 0);
        var rows = await visits.OrderBy(f => f.Id).Take(limit).Select(f => new { f.Id, f.Number, f.Project }).ToListAsync(ct);
        return [.. rows.Select(f => new Holding(Kind, f.Id.ToString(), f.Number, f.Project))];
    }

    protected override IQueryable<FollowUp> HeldBy(IReadOnlyCollection<string> people) => Planned.Where(f => people.Contains(f.Assignee));

    protected override string? HolderOf(FollowUp followUp) => followUp.Assignee;

    protected override void PassOn(FollowUp followUp, string heir, Moment moment) => followUp.PassOn(heir, moment);
}
