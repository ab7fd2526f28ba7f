using Crm.Complaints.Contracts;
using Crm.FollowUps.Data;
using Crm.Shared.Access;
using Crm.Shared.Events;
using Microsoft.EntityFrameworkCore;

namespace Crm.FollowUps.Reactions;

/// <summary>A reopened complaint makes the return visit of its earlier cycles pointless.</summary>
internal sealed class WhenComplaintReopened(FollowUpsDb db, FollowUpDesk desk) : Reaction<ComplaintReopened>
{
    protected override async Task<Outcome> On(ComplaintReopened happened, CancellationToken ct)
    {
        await db.ReachCycleAsync(happened.ComplaintId, happened.Cycle, ct);
        var pointless = await db.FollowUps
            .Where(f => f.OriginId == happened.ComplaintId && f.OriginCycle < happened.Cycle && f.State == FollowUpState.Planned)
            .Select(f => f.Id).ToListAsync(ct);
        foreach (var id in pointless)
        {
            if (await desk.TakeIfExistsAsync(id, ProjectScope.All, by: "rule:CMP-20", ct) is not var (followUp, moment)) continue;
            followUp.CatchUp(moment);
            followUp.Cancel(moment);
        }

        return Outcome.Done;
    }
}
