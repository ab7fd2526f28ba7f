using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Crm.Complaints;

/// <summary>ORG-03: the cases that somebody has in hand, until they are filed or withdrawn.</summary>
internal sealed class CasesInHand(ComplaintsDb db, ComplaintDesk desk, OrganizationDirectory directory) : HandOver, IHoldings
{
    /// <summary>The rule under which cases pass on.</summary>
    private const string Rule = "rule:ORG-03";

    public string Kind => "complaint";

    protected override ModuleDb Database => db;

    private IQueryable<Complaint> Open => db.Complaints.Where(c => c.Status != CaseStatus.Archived && c.Status != CaseStatus.Withdrawn);

    public async Task<IReadOnlyList<Holding>> ListAsync(string staff, ProjectScope scope, string? after, int limit, CancellationToken ct)
    {
        var cases = Open.VisibleIn(scope).Where(c => c.Handler == staff);
        if (Guid.TryParse(after, out var last)) cases = cases.Where(c => c.Id.CompareTo(last) > 0);
        var rows = await cases.OrderBy(c => c.Id).Take(limit).Select(c => new { c.Id, c.Number, c.Project }).ToListAsync(ct);
        return [.. rows.Select(c => new Holding(Kind, c.Id.ToString(), c.Number, c.Project))];
    }

    /// <inheritdoc/>
    public override async Task<int> PassOnAsync(IReadOnlyCollection<string> leavers, CancellationToken ct)
    {
        var held = await Open.Where(c => leavers.Contains(c.Handler!)).OrderBy(c => c.Id).Select(c => c.Id).Take(Piece).ToArrayAsync(ct);
        var passed = 0;
        foreach (var id in await db.LockFreeRowsAsync<Complaint>(held, ct))
        {
            if (await desk.TakeIfExistsAsync(id, ProjectScope.All, Rule, ct) is not var (complaint, moment) || !leavers.Contains(complaint.Handler!)) continue;
            var heir = directory.Current.HeirOf(complaint.Handler!, directory.Current.FindProject(complaint.Project)!);
            if (heir == complaint.Handler) continue;
            complaint.CatchUp(moment);
            complaint.PassOn(heir, moment);
            passed++;
        }

        return passed;
    }
}
