using System.Globalization;
using Crm.Shared.Http;

namespace Crm.Organization.Estate.Import;

/// <summary>ORG-01: what an import does with a line.</summary>
internal enum LineOutcome
{
    /// <summary>A unit comes into being.</summary>
    Created,

    /// <summary>A unit that is known becomes another.</summary>
    Changed,

    /// <summary>The unit is as the line says.</summary>
    Unchanged,
}

/// <summary>ORG-01: one value that becomes another.</summary>
/// <param name="Field">Which: floor, kind, area, tenure or occupancy.</param>
/// <param name="From">What is known now; null for nothing.</param>
/// <param name="To">What the line says.</param>
internal sealed record UnitChange(string Field, string? From, string? To);

/// <summary>ORG-01: what is to be done with a line.</summary>
/// <param name="Line">The line.</param>
/// <param name="Unit">The unit that is known; null for a new one.</param>
/// <param name="Facts">What is known of it afterwards.</param>
/// <param name="Changes">What becomes another; empty for a new one, and for one that stays as it is.</param>
internal sealed record PlannedUnit(int Line, Unit? Unit, UnitFacts Facts, IReadOnlyList<UnitChange> Changes)
{
    public LineOutcome Outcome => Unit is null ? LineOutcome.Created : Changes.Count > 0 ? LineOutcome.Changed : LineOutcome.Unchanged;
}

/// <summary>ORG-01: what a file of units does to a project that has these buildings and units. Applied, the same file does nothing more.</summary>
internal sealed class UnitsPlan
{
    private readonly List<PlannedUnit> units = [];
    private readonly List<UnitsFault> faults;

    private UnitsPlan(IEnumerable<UnitsFault> faults) => this.faults = [.. faults];

    /// <summary>What is done with each line that has no fault.</summary>
    public IReadOnlyList<PlannedUnit> Units => units;

    /// <summary>Everything that is wrong, in order of lines.</summary>
    public IReadOnlyList<UnitsFault> Faults => [.. faults.OrderBy(f => f.Line)];

    /// <summary>The units of a file, by building and number: buildings are named by code, or else by name.</summary>
    public static IReadOnlyDictionary<(string Building, string Number), UnitsRow> Places(UnitsFile file, IReadOnlyCollection<Building> buildings, ICollection<UnitsFault> faults)
    {
        var byCode = buildings.ToDictionary(b => b.Code, b => b.Code, StringComparer.OrdinalIgnoreCase);
        var byName = buildings.ToDictionary(b => b.Name, b => b.Code, StringComparer.Ordinal);
        var places = new Dictionary<(string, string), UnitsRow>();
        foreach (var row in file.Rows)
        {
            if (!byCode.TryGetValue(row.Building, out var building) && !byName.TryGetValue(row.Building, out building))
                faults.Add(new(row.Line, file.Headings[UnitColumn.Building], UnitColumns.FormOf(UnitColumn.Building)));
            else if (!places.TryAdd((building, row.Number), row))
                faults.Add(new(row.Line, file.Headings[UnitColumn.Number], new($"is on line {places[(building, row.Number)].Line} already: each unit once", $"与第 {places[(building, row.Number)].Line} 行重复：每个房号只能出现一次")));
        }

        return places;
    }

    /// <summary>Works out what the file does.</summary>
    /// <param name="file">The file, read.</param>
    /// <param name="buildings">The project's buildings.</param>
    /// <param name="known">The project's units, at least those that the file names.</param>
    public static UnitsPlan Of(UnitsFile file, IReadOnlyCollection<Building> buildings, IEnumerable<Unit> known)
    {
        var plan = new UnitsPlan(file.Faults);
        var units = known.ToDictionary(u => (u.Building, u.Number));
        foreach (var (place, row) in Places(file, buildings, plan.faults))
        {
            var unit = units.GetValueOrDefault(place);
            if ((row.Kind ?? unit?.Kind) is { } kind) plan.Add(row, unit, kind, place.Building);
            else plan.faults.Add(new(row.Line, file.Headings.GetValueOrDefault(UnitColumn.Kind), new($"a new unit has a kind: {UnitColumns.FormOf(UnitColumn.Kind).En}", $"新房号须有类型：{UnitColumns.FormOf(UnitColumn.Kind).Zh}")));
        }

        return plan;
    }

    private void Add(UnitsRow row, Unit? unit, UnitKind kind, string building)
    {
        var facts = new UnitFacts(
            building, row.Number, row.Floor ?? unit?.Floor, kind, row.Area ?? unit?.Area, row.Tenure ?? unit?.Tenure ?? UnitTenure.Unsold, row.Occupancy ?? unit?.Occupancy ?? UnitOccupancy.Vacant);
        units.Add(new(row.Line, unit, facts, unit is null ? [] : [.. Differences(unit.Facts, facts)]));
    }

    private static IEnumerable<UnitChange> Differences(UnitFacts before, UnitFacts after)
    {
        if (before.Floor != after.Floor) yield return new("floor", Write(before.Floor), Write(after.Floor));
        if (before.Kind != after.Kind) yield return new("kind", before.Kind.ToWire(), after.Kind.ToWire());
        if (before.Area != after.Area) yield return new("area", before.Area?.ToString("0.00", CultureInfo.InvariantCulture), after.Area?.ToString("0.00", CultureInfo.InvariantCulture));
        if (before.Tenure != after.Tenure) yield return new("tenure", before.Tenure.ToWire(), after.Tenure.ToWire());
        if (before.Occupancy != after.Occupancy) yield return new("occupancy", before.Occupancy.ToWire(), after.Occupancy.ToWire());
    }

    private static string? Write(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
