using Crm.Shared.Data;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: a shift of a project. What it is called and when it is are versions with the day they count from; none is ever overwritten.</summary>
internal sealed class Shift : Aggregate
{
    public required string Project { get; init; }

    /// <summary>Its code, for ever.</summary>
    public required string Code { get; init; }

    /// <summary>Everything that was ever said of it.</summary>
    public List<ShiftTerms> Terms { get; } = [];

    /// <summary>What counts for the shift of this day: the latest that counts from then or before; null when there is no such shift then.</summary>
    public ShiftTerms? On(LocalDate date) =>
        Terms.Where(t => t.From <= date).OrderBy(t => t.From).ThenBy(t => t.Number).LastOrDefault() is { } terms && !(terms.Until < date) ? terms : null;

    /// <summary>Says what counts from a day on. Rosters that are made already keep the hours they have.</summary>
    public void Say(ShiftNames names, ShiftHours hours, LocalDate from, LocalDate? until, string by, Instant at)
    {
        if (Terms.Count > 0) Touch();
        Terms.Add(new ShiftTerms
        {
            Shift = Id, Number = Terms.Count + 1, From = from, Until = until, NameZh = names.Zh, NameEn = names.En, Begins = hours.Begins, Ends = hours.Ends, SaidBy = by, SaidAt = at,
        });
    }
}

/// <param name="Zh">What Chinese speakers call it.</param>
/// <param name="En">What English speakers call it.</param>
internal sealed record ShiftNames(string Zh, string En);

/// <summary>ORG-04: what counts for a shift from a day on.</summary>
[NotPersonal("what a shift is called, and the staff code of who said so", "NameZh", "NameEn", "SaidBy")]
internal sealed class ShiftTerms
{
    public required Guid Shift { get; init; }

    /// <summary>Which it is of the shift's, from 1.</summary>
    public required int Number { get; init; }

    public required LocalDate From { get; init; }

    /// <summary>The last day; null for none.</summary>
    public required LocalDate? Until { get; init; }

    public required string NameZh { get; init; }

    public required string NameEn { get; init; }

    public required LocalTime Begins { get; init; }

    public required LocalTime Ends { get; init; }

    public required string SaidBy { get; init; }

    public required Instant SaidAt { get; init; }

    public ShiftHours Hours => new(Begins, Ends);
}

/// <summary>ORG-04: the shifts every project begins with.</summary>
internal static class StandardShifts
{
    /// <summary>They count from here: before anything the system knows of.</summary>
    private static readonly LocalDate Always = new(2000, 1, 1);

    public static IEnumerable<Shift> Of(string project) =>
    [
        Make(project, "day", new("日班", "Day"), 8, 17), Make(project, "evening", new("晚班", "Evening"), 17, 1), Make(project, "regular", new("常白班", "Regular"), 9, 18),
    ];

    private static Shift Make(string project, string code, ShiftNames names, int begins, int ends)
    {
        var shift = new Shift { Project = project, Code = code };
        shift.Say(names, new ShiftHours(new LocalTime(begins, 0), new LocalTime(ends, 0)), Always, until: null, by: "rule:ORG-04", NodaConstants.UnixEpoch);
        return shift;
    }
}
