using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Appraisals;

/// <summary>ORG-03, ORG-14: an appraisal that is not confirmed does not stay with an appraiser who has left, or nobody could ever end it.</summary>
internal sealed class LeaversAppraisals(OrganizationDb db, OrganizationDirectory directory, IClock clock) : HandOver
{
    protected override ModuleDb Database => db;

    public override async Task<int> PassOnAsync(IReadOnlyCollection<string> leavers, CancellationToken ct)
    {
        var (organization, passed) = (directory.Current, 0);
        var held = await db.Appraisals.Unconfirmed().Where(a => leavers.Contains(a.Appraiser)).OrderBy(a => a.Id).Select(a => a.Id).Take(Piece).ToArrayAsync(ct);
        var locked = await db.LockFreeRowsAsync<Appraisal>(held, ct);
        var now = clock.GetCurrentInstant();
        foreach (var appraisal in await db.Appraisals.Unconfirmed().Where(a => locked.Contains(a.Id) && leavers.Contains(a.Appraiser)).ToListAsync(ct))
        {
            var project = organization.FindProject(appraisal.Project)!;
            // Nobody appraises themselves, whoever they inherit from.
            string[] heirs = [organization.HeirOf(appraisal.Appraiser, project), project.ServiceDesk, .. project.AreaManager is { } manager ? (string[])[manager] : []];
            if (heirs.FirstOrDefault(h => h != appraisal.Staff && organization.FindStaff(h) is { Active: true }) is not { } heir) continue;
            appraisal.PassOn(heir, now);
            passed++;
        }

        return passed;
    }
}

/// <summary>ORG-03: the appraisals that somebody has begun and nobody has confirmed yet.</summary>
internal sealed class BegunAppraisals(OrganizationDb db) : IHoldings
{
    public string Kind => "appraisal";

    public async Task<IReadOnlyList<Holding>> ListAsync(string staff, ProjectScope scope, string? after, int limit, CancellationToken ct)
    {
        var found = await db.Appraisals.VisibleIn(scope).Unconfirmed().Where(a => a.Appraiser == staff).Select(a => new { a.Id, a.Project }).ToListAsync(ct);
        var projects = found.ToDictionary(f => f.Id.ToString(), f => f.Project);
        return [.. projects.Keys.Follow(after, limit).Select(id => new Holding(Kind, id, Number: null, projects[id]))];
    }
}
