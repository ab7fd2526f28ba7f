using Crm.Shared.Events;

namespace Crm.Organization.Contracts;

/// <summary>ORG-01: a project was opened; what every project begins with can be made for it.</summary>
/// <param name="Project">The project's code.</param>
public sealed record ProjectOpened(string Project) : IntegrationEvent;

/// <summary>ORG-03: somebody has left; what they held passes on. Why is told in the organization only.</summary>
/// <param name="Staff">The staff code of who has left.</param>
/// <param name="Successor">The staff code of who takes over.</param>
public sealed record StaffDeparted(string Staff, string Successor) : IntegrationEvent;
