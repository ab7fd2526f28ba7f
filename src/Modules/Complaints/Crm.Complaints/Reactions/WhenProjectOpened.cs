using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Events;

namespace Crm.Complaints.Reactions;

/// <summary>CMP-05: a new project begins with the standard categories.</summary>
internal sealed class WhenProjectOpened(ComplaintsDb db) : Reaction<ProjectOpened>
{
    protected override async Task<Outcome> On(ProjectOpened happened, CancellationToken ct) =>
        await StandardCategories.AddAsync(db, happened.Project, ct) ? Outcome.Done : Outcome.Ignored("it has categories");
}
