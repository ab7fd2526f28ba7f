using NodaTime;

namespace Crm.FollowUps;

/// <summary>FUP-07: when a customer may be called: from the first hour on, up to but not including the last.</summary>
internal static class CallingHours
{
    /// <summary>True when an attempt at this instant is one the customer could be expected to answer.</summary>
    public static bool Include(Instant at, Attempts policy, DateTimeZone zone)
    {
        var hour = at.InZone(zone).Hour;
        return hour >= policy.FromHour && hour < policy.ToHour;
    }

    /// <summary>This instant if it lies in calling hours, else the next opening.</summary>
    public static Instant NextFrom(Instant at, Attempts policy, DateTimeZone zone)
    {
        if (Include(at, policy, zone)) return at;
        var local = at.InZone(zone);
        var date = local.Hour < policy.FromHour ? local.Date : local.Date.PlusDays(1);
        return zone.AtLeniently(date.At(new LocalTime(policy.FromHour, 0))).ToInstant();
    }

    /// <summary>When the calling hours that <paramref name="open"/> lies in end.</summary>
    public static Instant ClosingAfter(Instant open, Attempts policy, DateTimeZone zone)
    {
        var date = open.InZone(zone).Date;
        return policy.ToHour == 24
            ? zone.AtStartOfDay(date.PlusDays(1)).ToInstant()
            : zone.AtLeniently(date.At(new LocalTime(policy.ToHour, 0))).ToInstant();
    }

    /// <summary>
    /// After an attempt that reached nobody: the next may be made from one spacing later, in calling hours, and is due one spacing after
    /// that, at the latest when those hours end (reading: the source gives the spacing, not a deadline).
    /// </summary>
    public static (Instant OpensAt, Instant DueAt) NextAttempt(Instant attempt, Attempts policy, DateTimeZone zone)
    {
        var opens = NextFrom(attempt + policy.Spacing, policy, zone);
        var closing = ClosingAfter(opens, policy, zone);
        return (opens, Instant.Min(opens + policy.Spacing, closing));
    }
}
