using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Events;
using Microsoft.EntityFrameworkCore;

namespace Crm.Complaints.Reactions;

/// <summary>ORG-16: the directory knows whom a case is about. Bookkeeping: nobody's picture of the case is older for it.</summary>
internal sealed class WhenCustomerLinked(ComplaintsDb db) : Reaction<CustomerLinked>
{
    protected override async Task<Outcome> On(CustomerLinked happened, CancellationToken ct)
    {
        if (happened.SubjectKind != CaseCustomers.Subject) return Outcome.Ignored($"about a {happened.SubjectKind}");
        var linked = await db.Complaints.Where(c => c.Id == happened.SubjectId).ExecuteUpdateAsync(set => set.SetProperty(c => c.CustomerId, happened.Customer), ct);
        return linked > 0 ? Outcome.Done : Outcome.Ignored("no such case");
    }
}
