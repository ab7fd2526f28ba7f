using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Events;
using Microsoft.EntityFrameworkCore;

namespace Crm.Complaints.Reactions;

/// <summary>ORG-16: two records were one person: the cases of the one are the other's.</summary>
internal sealed class WhenCustomerMerged(ComplaintsDb db) : Reaction<CustomerMerged>
{
    protected override async Task<Outcome> On(CustomerMerged happened, CancellationToken ct)
    {
        Guid[] gone = happened.Through is { } through ? [happened.Customer, through] : [happened.Customer];
        await db.Complaints.Where(c => gone.Contains(c.CustomerId!.Value)).ExecuteUpdateAsync(set => set.SetProperty(c => c.CustomerId, happened.Into), ct);
        return Outcome.Done;
    }
}
