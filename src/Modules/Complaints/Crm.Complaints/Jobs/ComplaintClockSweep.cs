using Crm.Complaints.Data;
using Crm.Shared.Clocks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Crm.Complaints.Jobs;

/// <summary>Each second and at the next due instant: warnings, breaches and the promotion of CMP-16.</summary>
internal sealed class ComplaintClockSweep(IServiceScopeFactory scopes, IClock clock, ILogger<ComplaintClockSweep> logger)
    : ClockSweep<ComplaintsDb, Complaint>(scopes, clock, logger)
{
    protected override async Task<IReadOnlyList<Complaint>> LoadAsync(ComplaintsDb db, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        await db.Complaints.Include(c => c.Clocks).Where(c => ids.Contains(c.Id)).ToListAsync(ct);

    protected override void CatchUp(Complaint subject, Instant now, IServiceProvider services)
    {
        var moment = services.GetRequiredService<ComplaintDesk>().MomentIn(subject.Project, by: "rule:clocks");
        subject.CatchUp(moment with { Now = now });
    }
}
