using Crm.Organization.Contracts;
using Crm.Shared.Events;

namespace Crm.Complaints.Reactions;

/// <summary>ORG-03: the open cases of somebody who has left pass on. What is more than a piece follows by the sweep.</summary>
internal sealed class WhenStaffDeparted(CasesInHand cases, OrganizationDirectory directory) : Reaction<StaffDeparted>
{
    protected override async Task<Outcome> On(StaffDeparted happened, CancellationToken ct)
    {
        await directory.RefreshAsync(ct);
        return await cases.PassOnAsync([happened.Staff], ct) > 0 ? Outcome.Done : Outcome.Ignored("they held no open case");
    }
}
