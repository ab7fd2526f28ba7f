using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Clocks;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Complaints;

/// <summary>Where every command takes its case in hand.</summary>
internal sealed class ComplaintDesk(ComplaintsDb db, CommandContext context, OrganizationDirectory directory, IClock clock)
    : Desk<ComplaintsDb, Complaint, CasePolicies>(db, context, clock)
{
    protected override IQueryable<Complaint> Whole(IQueryable<Complaint> subjects) => base.Whole(subjects).Include(c => c.Record);

    protected override CasePolicies PoliciesIn(string project, Instant at) => new(directory.Current, directory.Current.ProjectIn(ProjectScope.All, project), at);

    protected override NotFound Missing() => new("complaint", "投诉");
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
    Guid Id, string Number, CaseStatus Status, Severity Severity, int Cycle, int Version, IReadOnlyList<CaseClock> Clocks) : IVersioned
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
