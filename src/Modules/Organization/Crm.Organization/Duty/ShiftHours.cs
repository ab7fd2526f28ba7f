using NodaTime;
using NodaTime.TimeZones;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: the hours of a shift by the clock on the project's wall.</summary>
/// <param name="Begins">When it begins.</param>
/// <param name="Ends">When it ends: the next day when that is not later than <paramref name="Begins"/>.</param>
internal sealed record ShiftHours(LocalTime Begins, LocalTime Ends)
{
    private static readonly ZoneLocalMappingResolver Wall = Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    /// <summary>True for a shift that ends on the day after it began.</summary>
    public bool CrossesMidnight => Ends <= Begins;

    /// <summary>
    /// The shift that begins on this day, as instants: it has begun at the first and is over at the second. A time that the clock skips is the
    /// instant at which it is put forward; of a time that comes twice it is the first. So shifts that meet on the wall meet on every day, a night
    /// on which the clock changes is as long as it is, and what would lie in the skipped hour as a whole is empty.
    /// </summary>
    public Interval On(LocalDate date, DateTimeZone zone) => new(At(date + Begins, zone), At((CrossesMidnight ? date.PlusDays(1) : date) + Ends, zone));

    private static Instant At(LocalDateTime wall, DateTimeZone zone) => zone.ResolveLocal(wall, Wall).ToInstant();
}
