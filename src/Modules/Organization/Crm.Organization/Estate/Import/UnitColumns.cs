using System.Collections.Frozen;
using System.Globalization;
using Crm.Shared.Failures;
using Crm.Shared.Http;

namespace Crm.Organization.Estate.Import;

/// <summary>ORG-01: a column of a file of units.</summary>
internal enum UnitColumn
{
    Building,
    Number,
    Floor,
    Kind,
    Area,
    Tenure,
    Occupancy,
}

/// <summary>ORG-01: how columns and words of a file of units may be written, in Chinese and in English.</summary>
internal static class UnitColumns
{
    /// <summary>What is in brackets behind a column's name, such as (㎡), is no part of it.</summary>
    private static readonly char[] Brackets = ['('];

    private static readonly FrozenDictionary<UnitColumn, string[]> Names = new Dictionary<UnitColumn, string[]>
    {
        [UnitColumn.Building] = ["building", "楼栋", "楼宇", "楼号", "栋号", "栋"],
        [UnitColumn.Number] = ["number", "房号", "房间号", "单元房号", "unit"],
        [UnitColumn.Floor] = ["floor", "楼层", "层"],
        [UnitColumn.Kind] = ["kind", "类型", "房屋类型", "业态", "用途"],
        [UnitColumn.Area] = ["area", "面积", "建筑面积"],
        [UnitColumn.Tenure] = ["tenure", "销售状态"],
        [UnitColumn.Occupancy] = ["occupancy", "使用状态", "入住状态"],
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, UnitColumn> ByName =
        Names.SelectMany(c => c.Value, (c, name) => (name, c.Key)).ToFrozenDictionary(c => c.name, c => c.Key, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, UnitKind> Kinds = Words<UnitKind>(
        ("住宅", UnitKind.Apartment), ("公寓", UnitKind.Apartment), ("别墅", UnitKind.House), ("商铺", UnitKind.Shop), ("店铺", UnitKind.Shop), ("写字楼", UnitKind.Office), ("办公", UnitKind.Office),
        ("车位", UnitKind.Parking), ("储藏室", UnitKind.Storage), ("储藏间", UnitKind.Storage), ("其他", UnitKind.Other));

    private static readonly FrozenDictionary<string, UnitTenure> Tenures = Words<UnitTenure>(("未售", UnitTenure.Unsold), ("已售", UnitTenure.Sold), ("自持", UnitTenure.Retained));

    private static readonly FrozenDictionary<string, UnitOccupancy> Occupancies = Words<UnitOccupancy>(
        ("空置", UnitOccupancy.Vacant), ("自用", UnitOccupancy.OwnerOccupied), ("自住", UnitOccupancy.OwnerOccupied), ("出租", UnitOccupancy.Leased), ("已出租", UnitOccupancy.Leased));

    /// <summary>The column of this heading; null for a heading that is none.</summary>
    public static UnitColumn? Find(string heading) => ByName.TryGetValue(Written.Plain(heading).Split(Brackets)[0].Trim(), out var column) ? column : null;

    /// <summary>The column's own name, as the API calls it.</summary>
    public static string NameOf(UnitColumn column) => Names[column][0];

    /// <summary>How the column may be headed.</summary>
    public static string NamesOf(UnitColumn column) => $"{Names[column][0]} / {Names[column][1]}";

    public static bool TryKind(string text, out UnitKind kind) => Kinds.TryGetValue(text, out kind);

    public static bool TryTenure(string text, out UnitTenure tenure) => Tenures.TryGetValue(text, out tenure);

    public static bool TryOccupancy(string text, out UnitOccupancy occupancy) => Occupancies.TryGetValue(text, out occupancy);

    public static bool TryFloor(string text, out int floor) =>
        int.TryParse(text.EndsWith('层') ? text[..^1] : text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out floor) && Written.IsFloor(floor);

    public static bool TryArea(string text, out decimal area) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out area) && Written.IsArea(area);

    /// <summary>What would be right in this column.</summary>
    public static Text FormOf(UnitColumn column) => column switch
    {
        UnitColumn.Building => new("must be the code or the name of a building of the project", "应为本项目楼栋的代码或名称"),
        UnitColumn.Number => Written.NumberForm,
        UnitColumn.Floor => Written.FloorForm,
        UnitColumn.Area => Written.AreaForm,
        UnitColumn.Kind => OneOf(Kinds.Keys),
        UnitColumn.Tenure => OneOf(Tenures.Keys),
        _ => OneOf(Occupancies.Keys),
    };

    private static Text OneOf(IEnumerable<string> words)
    {
        string[] sorted = [.. words.Order(StringComparer.Ordinal)];
        return new("must be one of " + string.Join(", ", sorted), "应为以下之一：" + string.Join("、", sorted));
    }

    private static FrozenDictionary<string, T> Words<T>(params (string Word, T Value)[] chinese) where T : struct, Enum =>
        chinese.Concat(Enum.GetValues<T>().Select(value => (value.ToWire(), value))).ToFrozenDictionary(w => w.Item1, w => w.Item2, StringComparer.OrdinalIgnoreCase);
}
