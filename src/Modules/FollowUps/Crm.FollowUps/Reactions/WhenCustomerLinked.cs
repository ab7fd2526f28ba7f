using Crm.FollowUps.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Events;

namespace Crm.FollowUps.Reactions;

/// <summary>ORG-16: the directory knows whom a case is about; so are its follow-ups, those planned already and those to come.</summary>
internal sealed class WhenCustomerLinked(FollowUpsDb db) : Reaction<CustomerLinked>
{
    /// <summary>The kind of record that follow-ups are made for.</summary>
    public const string Origin = "complaint";

    protected override async Task<Outcome> On(CustomerLinked happened, CancellationToken ct)
    {
        if (happened.SubjectKind != Origin) return Outcome.Ignored($"about a {happened.SubjectKind}");
        await db.LinkAsync(happened.SubjectId, happened.Customer, ct);
        return Outcome.Done;
    }
}
