using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Events;

namespace Crm.Complaints.Reactions;

/// <summary>ORG-08: the deadlines that an applied preview names are moved.</summary>
internal sealed class WhenPreviewApplied(ComplaintsDb db) : Reaction<PreviewApplied>
{
    protected override Task<Outcome> On(PreviewApplied happened, CancellationToken ct) => Deadlines.ReleaseAsync(db, happened, ct);
}
