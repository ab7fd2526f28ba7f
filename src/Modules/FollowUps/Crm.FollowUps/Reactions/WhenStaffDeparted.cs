using Crm.Organization.Contracts;
using Crm.Shared.Events;

namespace Crm.FollowUps.Reactions;

/// <summary>ORG-03: the planned follow-ups of somebody who has left pass on. What is more than a piece follows by the sweep.</summary>
internal sealed class WhenStaffDeparted(PlannedVisits visits, OrganizationDirectory directory) : Reaction<StaffDeparted>
{
    protected override async Task<Outcome> On(StaffDeparted happened, CancellationToken ct)
    {
        await directory.RefreshAsync(ct);
        return await visits.PassOnAsync([happened.Staff], ct) > 0 ? Outcome.Done : Outcome.Ignored("they had no follow-up to make");
    }
}
