using Crm.Organization.Data;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Appraisals;

/// <summary>ORG-14: takes an appraisal in hand for a change.</summary>
internal sealed class AppraisalDesk(OrganizationDb db, CommandContext context)
{
    /// <summary>Under its row lock, at the version the caller has seen. Read the clock afterwards.</summary>
    /// <exception cref="NotFound">There is none among these.</exception>
    public async Task<Appraisal> TakeAsync(Guid id, IQueryable<Appraisal> visible, CancellationToken ct)
    {
        if (!await visible.AnyAsync(a => a.Id == id, ct)) throw new NotFound("appraisal", "考核");
        await db.LockAsync<Appraisal>(id, ct);
        var appraisal = await db.Appraisals.SingleAsync(a => a.Id == id, ct);
        context.EnsureCurrent(appraisal.Version);
        return appraisal;
    }
}
