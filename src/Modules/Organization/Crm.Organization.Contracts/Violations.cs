using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Contracts;

/// <summary>ORG-13: the kinds of violation that modules record by themselves; every installation has them from the start.</summary>
public static class StandardViolations
{
    /// <summary>LEA-08: a registration or follow-up record was tampered with.</summary>
    public const string RecordTampering = "record-tampering";
}

/// <summary>ORG-13: a violation that a module has found.</summary>
/// <param name="Module">The module's schema: it makes the reference its own.</param>
/// <param name="Reference">The module's own reference of the finding: reported again, it is the same violation.</param>
/// <param name="Rule">The rule that found it, e.g. "LEA-08": written down as who recorded it.</param>
/// <param name="Staff">The staff code of whose violation it is.</param>
/// <param name="Project">The project's code.</param>
/// <param name="Kind">The code of its kind.</param>
/// <param name="OccurredAt">When it was done.</param>
/// <param name="Facts">What was done, without personal data of customers.</param>
/// <param name="Evidence">Where the evidence is found.</param>
public sealed record ViolationReport(string Module, string Reference, string Rule, string Staff, string Project, string Kind, Instant OccurredAt, [property: Personal(Datum.StaffWords, Guard.TakenIn)] string Facts, string? Evidence);

/// <summary>
/// ORG-13: records a violation in a transaction of its own, once for each reference, whoever reports it how often. A module calls it from a
/// reaction or a job, never in the middle of a command's transaction.
/// </summary>
/// <param name="report">What was found.</param>
/// <param name="ct">Cancels.</param>
/// <returns>The violation.</returns>
/// <exception cref="Crm.Shared.Failures.NotFound">There is no such project, member of staff, or kind.</exception>
public delegate Task<Guid> ReportViolation(ViolationReport report, CancellationToken ct);
