using NodaTime;

namespace Crm.Shared.Time;

/// <summary>The grain of time: PostgreSQL keeps microseconds, so every instant the system compares is cut to microseconds first.</summary>
public static class Microseconds
{
    /// <summary>The smallest step of time there is: a deadline is missed one of these after it is due.</summary>
    public static readonly Duration One = Duration.FromNanoseconds(1_000);

    /// <summary>Cuts (never rounds up) to the microsecond.</summary>
    public static Instant Truncate(Instant instant)
    {
        var ticks = instant.ToUnixTimeTicks();
        var over = ticks % 10;
        return Instant.FromUnixTimeTicks(ticks - (over < 0 ? over + 10 : over));
    }
}

/// <summary>The domain's clock in every environment but Development: the machine's time, cut to microseconds.</summary>
public sealed class RealClock : IClock
{
    /// <inheritdoc/>
    public Instant GetCurrentInstant() => Microseconds.Truncate(SystemClock.Instance.GetCurrentInstant());
}
