using Crm.Shared.Data;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: how far a roster is.</summary>
internal enum RosterStatus
{
    /// <summary>It can be filled and changed freely; nobody is told.</summary>
    Draft,

    /// <summary>People count on it: it changes by swaps and by corrections with a reason.</summary>
    Published,
}

/// <summary>ORG-04: how many a shift needs.</summary>
/// <param name="Shift">The shift's code.</param>
/// <param name="WorkingDays">On working days.</param>
/// <param name="DaysOff">On weekends, holidays and the company's days off.</param>
internal sealed record ShiftNeed(string Shift, int WorkingDays, int DaysOff);

/// <summary>ORG-04: how many a shift needs on one day, whatever it needs on others.</summary>
/// <param name="Date">The day it begins on.</param>
/// <param name="Shift">The shift's code.</param>
/// <param name="Needed">How many.</param>
internal sealed record DayNeed(LocalDate Date, string Shift, int Needed);

/// <summary>ORG-04: how many are needed on which days.</summary>
/// <param name="Shifts">For each shift.</param>
/// <param name="Days">And on days that differ.</param>
internal sealed record RosterNeeds(IReadOnlyList<ShiftNeed> Shifts, IReadOnlyList<DayNeed> Days)
{
    /// <summary>How many a shift needs on a day.</summary>
    public int Needed(string shift, LocalDate date, bool isWorkingDay) =>
        Days.FirstOrDefault(d => d.Shift == shift && d.Date == date)?.Needed
        ?? (Shifts.FirstOrDefault(s => s.Shift == shift) is { } need ? isWorkingDay ? need.WorkingDays : need.DaysOff : 0);
}

/// <summary>ORG-04: who works which shift in one month of a project.</summary>
internal sealed class Roster : Aggregate
{
    public required string Project { get; init; }

    /// <summary>The first day of the month.</summary>
    public required LocalDate Month { get; init; }

    public required RosterNeeds Needs { get; set; }

    public RosterStatus Status { get; private set; } = RosterStatus.Draft;

    public Instant? PublishedAt { get; private set; }

    /// <summary>Marks a change of who works when.</summary>
    public void Changed() => Touch();

    /// <exception cref="Shared.Failures.BrokenRule">It is published.</exception>
    public void EnsureDraft()
    {
        if (Status != RosterStatus.Draft)
            throw DutyRule.Broken($"The roster of {RosterMonth.Write(Month)} is published: it changes by swaps, and by corrections with a reason.", $"{RosterMonth.Write(Month)} 排班表已发布，只能通过换班或注明原因的更正来修改。", "correction", "swap");
    }

    /// <exception cref="Shared.Failures.BrokenRule">It is a draft.</exception>
    public void EnsurePublished()
    {
        if (Status != RosterStatus.Published)
            throw DutyRule.Broken($"The roster of {RosterMonth.Write(Month)} is a draft: it can be changed freely.", $"{RosterMonth.Write(Month)} 排班表为草稿，可直接修改。", "assignments", "generation", "publication");
    }

    /// <summary>From now on people count on it.</summary>
    /// <param name="staff">Who has a shift in it.</param>
    /// <param name="now">The instant.</param>
    public void Publish(IReadOnlyList<string> staff, Instant now)
    {
        EnsureDraft();
        (Status, PublishedAt) = (RosterStatus.Published, now);
        Touch();
        Raise(new RosterPublished(Id, Project, RosterMonth.Write(Month), staff) { OccurredAt = now });
    }
}

/// <summary>ORG-04: a shift on one day: when it is, how many it needs, and whether people know that some are missing.</summary>
internal sealed class ShiftSlot : Aggregate
{
    public required Guid Roster { get; init; }

    public required string Project { get; init; }

    /// <summary>The shift's code.</summary>
    public required string Shift { get; init; }

    /// <summary>The day it begins on.</summary>
    public required LocalDate Date { get; init; }

    public required Instant StartsAt { get; set; }

    public required Instant EndsAt { get; set; }

    public required int Needed { get; set; }

    /// <summary>It counts as duty after hours.</summary>
    public required bool AfterHours { get; set; }

    /// <summary>Person-time that was missing when it was last looked at; zero while it is covered, and in drafts.</summary>
    public Duration Missing { get; private set; }

    /// <summary>When those who are to know are told again; null when they need not be.</summary>
    public Instant? RemindAt { get; private set; }

    public Interval Hours => new(StartsAt, EndsAt);

    /// <summary>Takes note of the hours in which too few are there: opened hours are told once, and once more before they begin.</summary>
    /// <param name="gaps">Those hours.</param>
    /// <param name="ahead">How long before they begin they are told again.</param>
    /// <param name="now">The instant.</param>
    public void Review(IReadOnlyList<Gap> gaps, Duration ahead, Instant now)
    {
        var (missing, next) = (gaps.MissingTime(), gaps.FirstOrDefault(g => g.Until > now));
        if (missing > Missing && next is not null) Raise(new ShiftUncovered(Id, Project, Shift, Date, next.From, next.Until, next.Missing) { OccurredAt = now });
        Missing = missing;
        RemindAt = next is not null && next.From - ahead > now ? next.From - ahead : null;
    }

    /// <summary>Tells those who are to know once more that hours which begin soon are open.</summary>
    public void Remind(IReadOnlyList<Gap> gaps, Instant now)
    {
        RemindAt = null;
        if (gaps.FirstOrDefault(g => g.Until > now) is { } next) Raise(new ShiftUncoveredSoon(Id, Project, Shift, Date, next.From, next.Until, next.Missing) { OccurredAt = now });
    }

    /// <summary>Tells somebody that a shift became theirs, or is theirs no more.</summary>
    public void Tell(string staff, bool isTheirs, Instant now) => Raise(new ShiftReassigned(Id, Project, Shift, Date, StartsAt, EndsAt, staff, isTheirs) { OccurredAt = now });
}

/// <summary>ORG-04: why a shift is somebody's no more.</summary>
internal enum OffBecause
{
    /// <summary>The draft was made anew, or changed by hand.</summary>
    Redrafted,

    /// <summary>A correction of the published roster.</summary>
    Corrected,

    /// <summary>Somebody took it over.</summary>
    Swapped,

    /// <summary>They left the company.</summary>
    Departed,
}

/// <summary>ORG-04: a shift that is somebody's. It is never deleted: whose it was before can always be seen.</summary>
internal sealed class ShiftAssignment
{
    public Guid Id { get; init; } = Ids.Next();

    public required Guid Slot { get; init; }

    public required Guid Roster { get; init; }

    public required string Project { get; init; }

    /// <summary>The shift's code.</summary>
    public required string Shift { get; init; }

    /// <summary>The day it begins on.</summary>
    public required LocalDate Date { get; init; }

    public required string Staff { get; init; }

    public required Instant StartsAt { get; init; }

    /// <summary>The planned end.</summary>
    public required Instant EndsAt { get; init; }

    /// <summary>They are on duty until then: the planned end, later when they extended it, earlier when they left the company meanwhile.</summary>
    public required Instant Until { get; set; }

    /// <summary>The end of the rest after the planned end: nothing else of theirs begins before it.</summary>
    public required Instant RestUntil { get; init; }

    public required string GivenBy { get; init; }

    public required Instant GivenAt { get; init; }

    /// <summary>Since when it is theirs no more; null while it is.</summary>
    public Instant? OffAt { get; private set; }

    public OffBecause? OffBecause { get; private set; }

    /// <summary>Planned, and as it is.</summary>
    public Interval Hours => new(StartsAt, Until);

    /// <summary>It is theirs no more.</summary>
    public void End(OffBecause why, Instant now) => (OffAt, OffBecause) = (now, why);

    public static ShiftAssignment Of(ShiftSlot slot, string staff, Duration rest, string by, Instant now) => new()
    {
        Slot = slot.Id, Roster = slot.Roster, Project = slot.Project, Shift = slot.Shift, Date = slot.Date, Staff = staff,
        // One that runs already is theirs from now on.
        StartsAt = Instant.Max(slot.StartsAt, now), EndsAt = slot.EndsAt, Until = slot.EndsAt, RestUntil = slot.EndsAt + rest, GivenBy = by, GivenAt = now,
    };
}
