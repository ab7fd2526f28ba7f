using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Clocks;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Complaints;

/// <summary>
/// Where every command takes its case in hand, in the one right order: row lock, visibility, expected version, then the clock, then whatever
/// time has already decided.
/// </summary>
internal sealed class ComplaintDesk(ComplaintsDb db, CommandContext context, OrganizationDirectory directory, IClock clock)
{
    /// <summary>Takes a case for a change.</summary>
    /// <exception cref="NotFound">Missing, or outside the scope.</exception>
    /// <exception cref="StaleVersion">If-Match names another version.</exception>
    public async Task<(Complaint Complaint, Moment Moment)> TakeAsync(Guid id, ProjectScope scope, CancellationToken ct)
    {
        if (await TakeIfExistsAsync(id, scope, context.Caller.Subject, ct) is not { } taken) throw new NotFound("complaint", "投诉");
        context.EnsureCurrent(taken.Complaint.Version);
        taken.Complaint.CatchUp(taken.Moment);
        return taken;
    }

    /// <summary>Takes a case on behalf of <paramref name="by"/>; null when there is none.</summary>
    public async Task<(Complaint Complaint, Moment Moment)?> TakeIfExistsAsync(Guid id, ProjectScope scope, string by, CancellationToken ct)
    {
        if (!await db.LockAsync<Complaint>(id, ct)) return null;
        var complaint = await db.Complaints.VisibleIn(scope).Include(c => c.Record).Include(c => c.Clocks).SingleOrDefaultAsync(c => c.Id == id, ct);
        return complaint is null ? null : (complaint, MomentIn(complaint.Project, by));
    }

    /// <summary>Now, by whom, and by which numbers. Ask after the lock.</summary>
    public Moment MomentIn(string project, string by)
    {
        var now = clock.GetCurrentInstant();
        var organization = directory.Current;
        return new Moment(now, by, new CasePolicies(organization, organization.FindProject(project) ?? throw new NotFound("project", "项目", field: "project"), now));
    }
}

/// <summary>How a command on a case is answered.</summary>
/// <param name="Id">The case.</param>
/// <param name="Number">Its people-facing number.</param>
/// <param name="Status">Where it stands (CMP-19).</param>
/// <param name="Severity">How grave it is now.</param>
/// <param name="Cycle">The round it is in, from 1.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
/// <param name="Clocks">The clocks of this cycle.</param>
internal sealed record CaseAnswer(
    Guid Id, string Number, CaseStatus Status, Severity Severity, int Cycle, int Version, IReadOnlyList<CaseClock> Clocks)
{
    /// <summary>The answer of a command that has just changed the case.</summary>
    public static Answer<CaseAnswer> Of(Complaint complaint, Moment moment, int status = 200) => new(
        status,
        new CaseAnswer(
            complaint.Id, complaint.Number, complaint.Status, complaint.Severity, complaint.Cycle, complaint.Version,
            [.. complaint.Clocks.Where(c => c.Cycle == complaint.Cycle).OrderBy(c => c.DueAt).ThenBy(c => c.Kind, StringComparer.Ordinal).Select(c => CaseClock.Of(c, moment.Now))]),
        new Deed("complaint", complaint.Id.ToString(), complaint.Project, moment.Now),
        complaint.Version,
        status == 201 ? $"/api/v1/complaints/{complaint.Id}" : null);
}

/// <summary>One clock of a case, in short.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="State">How it stands at this moment.</param>
/// <param name="WarnAt">When it warns.</param>
/// <param name="DueAt">The last instant in time.</param>
internal sealed record CaseClock(ComplaintClock Kind, ClockState State, Instant WarnAt, Instant DueAt)
{
    public static CaseClock Of(Clock clock, Instant now) => new(Enum.Parse<ComplaintClock>(clock.Kind, ignoreCase: true), clock.StateAt(now), clock.WarnAt, clock.DueAt);
}
