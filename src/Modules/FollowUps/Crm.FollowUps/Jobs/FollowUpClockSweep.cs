using Crm.FollowUps.Data;
using Crm.Shared.Clocks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Crm.FollowUps.Jobs;

/// <summary>Each second and at the next due instant: warnings and overdue follow-ups.</summary>
internal sealed class FollowUpClockSweep(IServiceScopeFactory scopes, IClock clock, ILogger<FollowUpClockSweep> logger)
    : ClockSweep<FollowUpsDb, FollowUp>(scopes, clock, logger)
{
    protected override async Task<IReadOnlyList<FollowUp>> LoadAsync(FollowUpsDb db, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        await db.FollowUps.Include(f => f.Clocks).Where(f => ids.Contains(f.Id)).ToListAsync(ct);

    protected override void CatchUp(FollowUp subject, Instant now, IServiceProvider services)
    {
        var moment = services.GetRequiredService<FollowUpDesk>().MomentIn(subject.Project, by: "rule:clocks");
        subject.CatchUp(moment with { Now = now });
    }
}
