using Crm.FollowUps.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Events;
using Crm.Shared.Http;

namespace Crm.Complaints.Reactions;

/// <summary>FUP-10, CMP-20: a bad return visit reopens the complaint with a new round of clocks.</summary>
internal sealed class WhenFollowUpDissatisfied(ComplaintDesk desk) : Reaction<FollowUpDissatisfied>
{
    protected override async Task<Outcome> On(FollowUpDissatisfied happened, CancellationToken ct)
    {
        if (await desk.TakeIfExistsAsync(happened.OriginId, ProjectScope.All, by: "rule:FUP-10", ct) is not var (complaint, moment)) return Outcome.Ignored("no such case");
        if (complaint.ErasedAt is not null) return Outcome.Ignored("the customer was forgotten");
        if (complaint.Cycle != happened.OriginCycle) return Outcome.Ignored($"cycle {happened.OriginCycle} is over");
        if (complaint.Status is not (CaseStatus.Resolved or CaseStatus.Verified or CaseStatus.Archived)) return Outcome.Ignored($"case is {complaint.Status.ToWire()}");
        complaint.Reopen($"{happened.Number}: satisfaction {happened.Satisfaction} of 5{(happened.Qualified ? "" : ", not qualified")}. 回访满意度 {happened.Satisfaction}/5{(happened.Qualified ? "" : "，不合格")}。", moment);
        return Outcome.Done;
    }
}
