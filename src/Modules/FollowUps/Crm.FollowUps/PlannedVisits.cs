using Crm.FollowUps.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Crm.FollowUps;

/// <summary>ORG-03: the follow-ups that somebody is to make.</summary>
internal sealed class PlannedVisits(FollowUpsDb db, FollowUpDesk desk, OrganizationDirectory directory) : HandOver, IHoldings
{
    /// <summary>The rule under which follow-ups pass on.</summary>
    private const string Rule = "rule:ORG-03";

    public string Kind => "followUp";

    protected override ModuleDb Database => db;

    private IQueryable<FollowUp> Planned => db.FollowUps.Where(f => f.State == FollowUpState.Planned);

    public async Task<IReadOnlyList<Holding>> ListAsync(string staff, ProjectScope scope, string? after, int limit, CancellationToken ct)
    {
        var visits = Planned.VisibleIn(scope).Where(f => f.Assignee == staff);
        if (Guid.TryParse(after, out var last)) visits = visits.Where(f => f.Id.CompareTo(last) > 0);
        var rows = await visits.OrderBy(f => f.Id).Take(limit).Select(f => new { f.Id, f.Number, f.Project }).ToListAsync(ct);
        return [.. rows.Select(f => new Holding(Kind, f.Id.ToString(), f.Number, f.Project))];
    }

    /// <inheritdoc/>
    public override async Task<int> PassOnAsync(IReadOnlyCollection<string> leavers, CancellationToken ct)
    {
        var held = await Planned.Where(f => leavers.Contains(f.Assignee)).OrderBy(f => f.Id).Select(f => f.Id).Take(Piece).ToArrayAsync(ct);
        var passed = 0;
        foreach (var id in await db.LockFreeRowsAsync<FollowUp>(held, ct))
        {
            if (await desk.TakeIfExistsAsync(id, ProjectScope.All, Rule, ct) is not var (followUp, moment) || !leavers.Contains(followUp.Assignee)) continue;
            var heir = directory.Current.HeirOf(followUp.Assignee, directory.Current.FindProject(followUp.Project)!);
            if (heir == followUp.Assignee) continue;
            followUp.CatchUp(moment);
            followUp.PassOn(heir, moment);
            passed++;
        }

        return passed;
    }
}
