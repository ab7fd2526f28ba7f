using NodaTime;

namespace Crm.Organization.Contracts;

/// <summary>ORG-04: somebody who is on duty.</summary>
/// <param name="Staff">The staff code.</param>
/// <param name="Shift">The code of the shift they have.</param>
/// <param name="Date">The day that shift began on.</param>
/// <param name="Since">When it began, or their leave ended.</param>
/// <param name="Until">They are there up to this instant: the planned end, an extension's, or the beginning of their leave.</param>
/// <param name="Extended">They stay longer than planned.</param>
public sealed record OnDuty(string Staff, string Shift, LocalDate Date, Instant Since, Instant Until, bool Extended);

/// <summary>ORG-04: who is on duty in a project at an instant, by published rosters, in the order in which they go off duty. Nobody where there is no roster.</summary>
/// <param name="project">The project's code.</param>
/// <param name="at">The instant.</param>
/// <param name="ct">Cancels.</param>
public delegate Task<IReadOnlyList<OnDuty>> WhoIsOnDuty(string project, Instant at, CancellationToken ct);
