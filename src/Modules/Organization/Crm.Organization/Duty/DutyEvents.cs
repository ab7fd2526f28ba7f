using Crm.Shared.Events;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: a roster was published.</summary>
internal sealed record RosterPublished(Guid RosterId, string Project, string Month, IReadOnlyList<string> Staff) : IntegrationEvent;

/// <summary>ORG-04: after the roster was published, a shift became somebody's, or is theirs no more.</summary>
internal sealed record ShiftReassigned(Guid SlotId, string Project, string Shift, LocalDate Date, Instant StartsAt, Instant EndsAt, string Staff, bool IsTheirs) : IntegrationEvent;

/// <summary>ORG-04: hours of a published roster are open.</summary>
internal sealed record ShiftUncovered(Guid SlotId, string Project, string Shift, LocalDate Date, Instant From, Instant Until, int Missing) : IntegrationEvent;

/// <summary>ORG-04: hours that begin soon are still open.</summary>
internal sealed record ShiftUncoveredSoon(Guid SlotId, string Project, string Shift, LocalDate Date, Instant From, Instant Until, int Missing) : IntegrationEvent;

/// <summary>ORG-04: somebody asks another to swap.</summary>
internal sealed record SwapAsked(Guid SwapId, string Project, string AskedBy, string Other) : IntegrationEvent;

/// <summary>ORG-04: both want to swap.</summary>
internal sealed record SwapAgreed(Guid SwapId, string Project, string AskedBy, string Other) : IntegrationEvent;

/// <summary>ORG-04: a swap was carried out, or will not be.</summary>
internal sealed record SwapDecided(Guid SwapId, string Project, string AskedBy, string Other, bool IsApproved) : IntegrationEvent;

/// <summary>ORG-04: somebody asks for leave.</summary>
internal sealed record LeaveAsked(Guid LeaveId, string Project, string Staff, Instant StartsAt, Instant EndsAt) : IntegrationEvent;

/// <summary>ORG-04: leave was signed or refused.</summary>
internal sealed record LeaveDecided(Guid LeaveId, string Project, string Staff, Instant StartsAt, Instant EndsAt, bool IsSigned) : IntegrationEvent;

/// <summary>ORG-05: the next shift has not confirmed a note.</summary>
internal sealed record HandoverUnconfirmed(Guid HandoverId, string Project, string Shift, LocalDate Date) : IntegrationEvent;
