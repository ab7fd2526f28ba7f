using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Microsoft.EntityFrameworkCore;

namespace Crm.Complaints;

/// <summary>ORG-03: the cases that somebody has in hand, until they are filed or withdrawn.</summary>
internal sealed class CasesInHand(ComplaintsDb db, ComplaintDesk desk, OrganizationDirectory directory) : HandOver<ComplaintsDb, Complaint, CasePolicies>(db, desk, directory), IHoldings
{
    public string Kind => "complaint";

    private IQueryable<Complaint> Open => Db.Complaints.Where(c => c.Status != CaseStatus.Archived && c.Status != CaseStatus.Withdrawn);

    public async Task<IReadOnlyList<Holding>> ListAsync(string staff, ProjectScope scope, string? after, int limit, CancellationToken ct)
    {
        var cases = Open.VisibleIn(scope).Where(c => c.Handler == staff);
        if (Guid.TryParse(after, out var last)) cases = cases.Where(c => c.Id.CompareTo(last) > 0);
        var rows = await cases.OrderBy(c => c.Id).Take(limit).Select(c => new { c.Id, c.Number, c.Project }).ToListAsync(ct);
        return [.. rows.Select(c => new Holding(Kind, c.Id.ToString(), c.Number, c.Project))];
    }

    protected override IQueryable<Complaint> HeldBy(IReadOnlyCollection<string> people) => Open.Where(c => people.Contains(c.Handler!));

    protected override string? HolderOf(Complaint complaint) => complaint.Handler;

    protected override void PassOn(Complaint complaint, string heir, Moment moment) => complaint.PassOn(heir, moment);
}
