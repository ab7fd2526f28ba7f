using Crm.FollowUps.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Events;
using Microsoft.EntityFrameworkCore;

namespace Crm.FollowUps.Reactions;

/// <summary>ORG-16: two records were one person: the follow-ups of the one are the other's, and so are those still to be planned.</summary>
internal sealed class WhenCustomerMerged(FollowUpsDb db) : Reaction<CustomerMerged>
{
    protected override async Task<Outcome> On(CustomerMerged happened, CancellationToken ct)
    {
        Guid[] gone = happened.Through is { } through ? [happened.Customer, through] : [happened.Customer];
        // First what plans are made from: a plan under way holds its row, and is seen below once it is made.
        await db.Set<OriginCycle>().Where(o => gone.Contains(o.CustomerId!.Value)).ExecuteUpdateAsync(set => set.SetProperty(o => o.CustomerId, happened.Into), ct);
        await db.FollowUps.Where(f => gone.Contains(f.CustomerId!.Value)).ExecuteUpdateAsync(set => set.SetProperty(f => f.CustomerId, happened.Into), ct);
        return Outcome.Done;
    }
}
