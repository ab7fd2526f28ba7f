using Crm.FollowUps.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Events;

namespace Crm.Complaints.Reactions;

/// <summary>CMP-19: the return visit of a case becomes part of its history.</summary>
internal sealed class WhenFollowUpCompleted(ComplaintDesk desk) : Reaction<FollowUpCompleted>
{
    protected override async Task<Outcome> On(FollowUpCompleted happened, CancellationToken ct)
    {
        if (await desk.TakeIfExistsAsync(happened.OriginId, ProjectScope.All, by: happened.Visitor, ct) is not var (complaint, moment)) return Outcome.Ignored("no such case");
        if (complaint.ErasedAt is not null) return Outcome.Ignored("the customer was forgotten");
        if (complaint.Cycle != happened.OriginCycle) return Outcome.Ignored($"cycle {happened.OriginCycle} is over");
        var outcome = happened.Reached
            ? $"{happened.Number}: satisfaction {happened.Satisfaction} of 5. 回访满意度 {happened.Satisfaction}/5。"
            : $"{happened.Number}: unreachable. 回访未能联系到客户。";
        complaint.NoteFollowUp(outcome, happened.Visitor, moment);
        return Outcome.Done;
    }
}
