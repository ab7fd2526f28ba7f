using Crm.FollowUps.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Clocks;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using NodaTime;

namespace Crm.FollowUps;

/// <summary>Where every command takes its follow-up in hand.</summary>
internal sealed class FollowUpDesk(FollowUpsDb db, CommandContext context, OrganizationDirectory directory, IClock clock)
    : Desk<FollowUpsDb, FollowUp, VisitPolicies>(db, context, clock)
{
    protected override VisitPolicies PoliciesIn(string project, Instant at) => new(directory.Current, directory.Current.ProjectIn(ProjectScope.All, project), at);

    protected override NotFound Missing() => new("follow-up", "回访");
}
