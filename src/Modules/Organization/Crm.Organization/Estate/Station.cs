using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Estate;

/// <summary>ORG-01: what a station is there for.</summary>
internal enum StationKind
{
    /// <summary>服务站: where customers report.</summary>
    ServiceStation,

    /// <summary>客户会收集点: where the club takes in and hands out papers and cards.</summary>
    ClubCollectionPoint,
}

/// <summary>A day of the week.</summary>
internal enum Weekday
{
    /// <summary>星期一.</summary>
    Monday,

    /// <summary>星期二.</summary>
    Tuesday,

    /// <summary>星期三.</summary>
    Wednesday,

    /// <summary>星期四.</summary>
    Thursday,

    /// <summary>星期五.</summary>
    Friday,

    /// <summary>星期六.</summary>
    Saturday,

    /// <summary>星期日.</summary>
    Sunday,
}

/// <summary>ORG-01: when a station is open, by the clock on its wall.</summary>
/// <param name="Day">The day of the week.</param>
/// <param name="Opens">When it opens, such as 09:00.</param>
/// <param name="Closes">When it closes, later on the same day.</param>
internal sealed record OpeningHours(Weekday Day, LocalTime Opens, LocalTime Closes)
{
    private const int Most = 28;

    /// <summary>True for hours that end after they begin and do not overlap, in any order; a break makes two of one day.</summary>
    public static bool AreSensible(IReadOnlyList<OpeningHours?> hours)
    {
        if (hours.Count > Most || hours.Any(h => h is null || h.Closes <= h.Opens)) return false;
        return hours.GroupBy(h => h!.Day).All(day => day.OrderBy(h => h!.Opens).ToArray() is var ordered && ordered.Zip(ordered.Skip(1)).All(pair => pair.First!.Closes <= pair.Second!.Opens));
    }

    /// <summary>What sensible hours are.</summary>
    public static Text Form { get; } = new(
        $"must be at most {Most} stretches, each closing later on its day than it opens, none overlapping another", $"最多 {Most} 段，每段当天结束晚于开始且互不重叠");
}

/// <summary>ORG-01: a service station or club collection point of a project. It may be closed, and is never deleted: old papers name it.</summary>
internal sealed class Station : Part
{
    /// <summary>The project it serves; it stays.</summary>
    public required string Project { get; init; }

    public required StationKind Kind { get; init; }

    [NotPersonal("where a station is found")]
    public required string Address { get; set; }

    public required IReadOnlyList<OpeningHours> Hours { get; set; }

    /// <summary>The staff code of who answers for it.</summary>
    public required string InCharge { get; set; }

    /// <summary>Since when it is closed; null while it is open.</summary>
    public Instant? ClosedAt { get; private set; }

    [Personal(Datum.Reason, Guard.Plain)]
    public string? ClosingReason { get; private set; }

    /// <summary>Shuts it for good, or until it is opened again.</summary>
    /// <exception cref="BrokenRule">ORG-01: it is closed already.</exception>
    public void Close(string reason, Instant at)
    {
        EnsureOpen();
        (ClosedAt, ClosingReason) = (at, reason);
        Edited();
    }

    /// <summary>Opens it again.</summary>
    /// <exception cref="BrokenRule">ORG-01: it is open.</exception>
    public void Reopen()
    {
        if (ClosedAt is null) throw new BrokenRule("ORG-01", new Text($"The station {Code} is open.", $"站点 {Code} 正在使用。"), "closure");
        (ClosedAt, ClosingReason) = (null, null);
        Edited();
    }

    /// <exception cref="BrokenRule">ORG-01: what is closed is not changed.</exception>
    public void EnsureOpen()
    {
        if (ClosedAt is not null) throw new BrokenRule("ORG-01", new Text($"The station {Code} is closed.", $"站点 {Code} 已关闭。"), "reopening");
    }
}
