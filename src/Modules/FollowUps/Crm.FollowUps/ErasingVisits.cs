using Crm.FollowUps.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.FollowUps;

/// <summary>ORG-12: follow-ups of cases whose customer was forgotten: the words and signatures of their visits; what was found stays.</summary>
internal sealed class ErasingVisits(FollowUpsDb db, FollowUpDesk desk, KeyRing keys) : Erasing<FollowUpsDb, FollowUp, VisitPolicies>(db, desk, keys)
{
    public override string Kind => "followUp";

    public override async Task<IReadOnlyList<Belonging>> FindOfAsync(Guid[] records, CancellationToken ct)
    {
        var found = await Db.FollowUps.AsNoTracking().Where(f => records.Contains(f.OriginId)).OrderBy(f => f.Id).Select(f => new { f.OriginId, f.Id, f.Number, f.Project }).ToListAsync(ct);
        return [.. found.Select(f => new Belonging(f.OriginId, new PersonalRecord(Kind, f.Id, f.Number, f.Project, Kept: null)))];
    }

    protected override Instant? ErasedAt(FollowUp followUp) => followUp.ErasedAt;

    protected override Task<Kept?> KeptAsync(FollowUp followUp, Moment moment, CancellationToken ct) => Task.FromResult<Kept?>(null);

    protected override Task EraseAsync(FollowUp followUp, Moment moment, CancellationToken ct)
    {
        followUp.Erase(moment);
        return Task.CompletedTask;
    }
}
