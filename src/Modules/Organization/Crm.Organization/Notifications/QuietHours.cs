using NodaTime;
using NodaTime.Text;

namespace Crm.Organization.Notifications;

/// <summary>ORG-11: the hours of the day in which somebody is not to be disturbed, by the clock on their wall. From its first minute up to, and without, its last.</summary>
internal readonly record struct QuietHours(LocalTime From, LocalTime To)
{
    private static readonly LocalTimePattern Pattern = LocalTimePattern.CreateWithInvariantCulture("HH':'mm");

    /// <summary>Reads times of the day such as 22:00; null when one is none, or both are the same.</summary>
    public static QuietHours? Parse(string from, string to) =>
        Pattern.Parse(from) is { Success: true, Value: var begin } && Pattern.Parse(to) is { Success: true, Value: var end } && begin != end ? new(begin, end) : null;

    /// <summary>When the quiet hours end that this instant lies in; null when it lies in none.</summary>
    public Instant? EndAfter(Instant at, DateTimeZone zone)
    {
        var local = at.InZone(zone).LocalDateTime;
        var acrossMidnight = To < From;
        var isQuiet = acrossMidnight ? local.TimeOfDay >= From || local.TimeOfDay < To : local.TimeOfDay >= From && local.TimeOfDay < To;
        if (!isQuiet) return null;
        var ends = acrossMidnight && local.TimeOfDay >= From ? local.Date.PlusDays(1) : local.Date;
        return zone.AtLeniently(ends + To).ToInstant();
    }

    /// <summary>The beginning as it is written.</summary>
    public string FromText => Pattern.Format(From);

    /// <summary>The end as it is written.</summary>
    public string ToText => Pattern.Format(To);
}
