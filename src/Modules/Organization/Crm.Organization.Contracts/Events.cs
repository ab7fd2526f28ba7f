using Crm.Shared.Events;

namespace Crm.Organization.Contracts;

/// <summary>ORG-01: a project was opened; what every project begins with can be made for it.</summary>
/// <param name="Project">The project's code.</param>
public sealed record ProjectOpened(string Project) : IntegrationEvent;

/// <summary>ORG-03: somebody has left; what they held passes on. Why is told in the organization only.</summary>
/// <param name="Staff">The staff code of who has left.</param>
/// <param name="Successor">The staff code of who takes over.</param>
public sealed record StaffDeparted(string Staff, string Successor) : IntegrationEvent;

/// <summary>ORG-15: something happened to an announcement that was, or is, to be read. What it says is not told here: it is read where it can be taken back.</summary>
/// <param name="AnnouncementId">The announcement.</param>
/// <param name="Edition">The valid edition.</param>
/// <param name="Projects">The projects it reaches; empty for every project.</param>
/// <param name="ToStaff">It addresses staff, alone or with residents.</param>
public abstract record AnnouncementEvent(Guid AnnouncementId, int Edition, IReadOnlyList<string> Projects, bool ToStaff) : IntegrationEvent;

/// <inheritdoc/>
/// <summary>ORG-15: an announcement can be read from now on.</summary>
public sealed record AnnouncementPublished(Guid AnnouncementId, int Edition, IReadOnlyList<string> Projects, bool ToStaff) : AnnouncementEvent(AnnouncementId, Edition, Projects, ToStaff);

/// <inheritdoc/>
/// <summary>ORG-15: an announcement that can be read was put right: it is to be read again.</summary>
public sealed record AnnouncementCorrected(Guid AnnouncementId, int Edition, IReadOnlyList<string> Projects, bool ToStaff) : AnnouncementEvent(AnnouncementId, Edition, Projects, ToStaff);

/// <inheritdoc/>
/// <summary>ORG-15: an announcement that could be read was taken back.</summary>
public sealed record AnnouncementWithdrawn(Guid AnnouncementId, int Edition, IReadOnlyList<string> Projects, bool ToStaff) : AnnouncementEvent(AnnouncementId, Edition, Projects, ToStaff);
