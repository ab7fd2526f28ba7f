using Crm.FollowUps.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.FollowUps;

/// <summary>
/// Where every command takes its follow-up in hand, in the one right order: row lock, visibility, expected version, then the clock, then
/// whatever time has already decided.
/// </summary>
internal sealed class FollowUpDesk(FollowUpsDb db, CommandContext context, OrganizationDirectory directory, IClock clock)
{
    /// <summary>Takes a follow-up for a change.</summary>
    /// <exception cref="NotFound">Missing, or outside the scope.</exception>
    /// <exception cref="StaleVersion">If-Match names another version.</exception>
    public async Task<(FollowUp FollowUp, Moment Moment)> TakeAsync(Guid id, ProjectScope scope, CancellationToken ct)
    {
        if (await TakeIfExistsAsync(id, scope, context.Caller.Subject, ct) is not { } taken) throw new NotFound("follow-up", "回访");
        context.EnsureCurrent(taken.FollowUp.Version);
        taken.FollowUp.CatchUp(taken.Moment);
        return taken;
    }

    /// <summary>Takes a follow-up on behalf of <paramref name="by"/>; null when there is none.</summary>
    public async Task<(FollowUp FollowUp, Moment Moment)?> TakeIfExistsAsync(Guid id, ProjectScope scope, string by, CancellationToken ct)
    {
        if (!await db.LockAsync<FollowUp>(id, ct)) return null;
        var followUp = await db.FollowUps.VisibleIn(scope).Include(f => f.Clocks).SingleOrDefaultAsync(f => f.Id == id, ct);
        return followUp is null ? null : (followUp, MomentIn(followUp.Project, by));
    }

    /// <summary>Now, by whom, and by which numbers. Ask after the lock.</summary>
    public Moment MomentIn(string project, string by)
    {
        var now = clock.GetCurrentInstant();
        var organization = directory.Current;
        return new Moment(now, by, new VisitPolicies(organization, organization.FindProject(project) ?? throw new NotFound("project", "项目", field: "project"), now));
    }
}
