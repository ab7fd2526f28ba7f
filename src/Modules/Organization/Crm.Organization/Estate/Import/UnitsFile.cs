using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using CsvHelper;

namespace Crm.Organization.Estate.Import;

/// <summary>ORG-01: what is wrong in a file.</summary>
/// <param name="Line">The line the record begins on, the heading's being 1.</param>
/// <param name="Column">The column as the file heads it; null when the line as a whole is wrong.</param>
/// <param name="Text">What would be right.</param>
internal sealed record UnitsFault(int Line, string? Column, Text Text);

/// <summary>ORG-01: one line of a file of units. What is null is not said there: a unit that is known keeps it, a new one takes what is usual.</summary>
[NotPersonal("a place, whoever lives there", "Building")]
internal sealed record UnitsRow(int Line, string Building, string Number, int? Floor, UnitKind? Kind, decimal? Area, UnitTenure? Tenure, UnitOccupancy? Occupancy);

/// <summary>ORG-01: a file of units, read. Lines with a fault are in <paramref name="Faults"/> and not in <paramref name="Rows"/>.</summary>
/// <param name="Rows">The lines that can be read.</param>
/// <param name="Faults">What is wrong in the others.</param>
/// <param name="Headings">How the file heads its columns.</param>
internal sealed record UnitsFile(IReadOnlyList<UnitsRow> Rows, IReadOnlyList<UnitsFault> Faults, IReadOnlyDictionary<UnitColumn, string> Headings)
{
    /// <summary>So many units come in one file.</summary>
    public const int MostLines = 30_000;

    private static readonly UnitColumn[] Needed = [UnitColumn.Building, UnitColumn.Number];

    /// <summary>Reads a file's text.</summary>
    /// <exception cref="Malformed">Its first line does not head the columns, or there is no line after it.</exception>
    /// <exception cref="TooLarge">It has too many lines.</exception>
    public static UnitsFile Read(string text)
    {
        var broken = new Dictionary<long, CsvMalformedReason>();
        using var csv = CsvReader.FromText(text, new CsvReaderOptions
        {
            Separator = ',', TrackLineNumbers = true, FieldCountMismatch = CsvFieldCountHandling.Allow, IncludeValuesInExceptions = false,
            OnMalformedRecord = record => broken.TryAdd(record.LineNumber, record.Reason),
        });
        var columns = Columns(csv.Headers);
        var reading = new UnitsReading(columns, csv.Headers.Count);
        while (csv.Read())
        {
            var line = (int)csv.LineNumber;
            if (reading.Lines == MostLines) throw new TooLarge(new Text($"The file has more than {MostLines} lines: send it in parts.", $"文件超过 {MostLines} 行，请分批导入。"));
            if (broken.TryGetValue(line, out var reason) && reason != CsvMalformedReason.FieldCountMismatch) reading.Broken(line);
            else reading.Take(line, csv.Current.ToArray());
        }

        if (reading.Lines == 0) throw Malformed.Field("$", new Text("must hold a line of headings and at least one unit", "应包含标题行和至少一行房号"));
        return new(reading.Rows, reading.Faults, columns.ToDictionary(c => c.Key, c => c.Value.Heading));
    }

    /// <summary>Which column stands where.</summary>
    private static Dictionary<UnitColumn, (int Index, string Heading)> Columns(IReadOnlyList<string> headings)
    {
        var (columns, errors) = (new Dictionary<UnitColumn, (int, string)>(), new Dictionary<string, Text>());
        var known = string.Join(", ", Enum.GetValues<UnitColumn>().Select(UnitColumns.NamesOf));
        for (var i = 0; i < headings.Count; i++)
        {
            var heading = headings[i].Trim();
            if (UnitColumns.Find(heading) is not { } column) errors[heading.Length is 0 or > 50 ? $"column {i + 1}" : heading] = new($"is no column here; known are {known}", $"未知列，可用列：{known}");
            else if (!columns.TryAdd(column, (i, heading))) errors[heading] = new("is given twice", "重复出现");
        }

        foreach (var missing in Needed.Where(c => !columns.ContainsKey(c))) errors[UnitColumns.NameOf(missing)] = new($"the column is missing: head it {UnitColumns.NamesOf(missing)}", $"缺少此列，标题可为 {UnitColumns.NamesOf(missing)}");
        return errors.Count > 0 ? throw new Malformed(errors) : columns;
    }
}

/// <summary>Reads the lines of one file, one after the other.</summary>
internal sealed class UnitsReading(IReadOnlyDictionary<UnitColumn, (int Index, string Heading)> columns, int width)
{
    private static readonly Text Quotes = new(
        "the quotes are not closed, or stand in the middle of a cell: a cell with quotes is put in quotes, and each quote in it doubled", "引号未闭合或出现在单元格中间：含引号的单元格须用引号括起，其中的引号须成对书写");

    private readonly List<UnitsRow> rows = [];
    private readonly List<UnitsFault> faults = [];
    private bool isFaulty;

    public IReadOnlyList<UnitsRow> Rows => rows;

    public IReadOnlyList<UnitsFault> Faults => faults;

    /// <summary>How many lines there have been.</summary>
    public int Lines { get; private set; }

    /// <summary>A line whose quotes are wrong.</summary>
    public void Broken(int line)
    {
        Lines++;
        faults.Add(new(line, Column: null, Quotes));
    }

    /// <summary>A line of cells. One of empty cells only says nothing.</summary>
    public void Take(int line, string[] cells)
    {
        string[] plain = [.. cells.Select(Written.Plain)];
        if (plain.All(c => c.Length == 0)) return;
        Lines++;
        if (cells.Length != width)
        {
            faults.Add(new(line, Column: null, new($"has {cells.Length} cells where the headings are {width}", $"有 {cells.Length} 个单元格，而标题有 {width} 列")));
            return;
        }

        string? Cell(UnitColumn column) => columns.TryGetValue(column, out var at) && plain[at.Index].Length > 0 ? plain[at.Index] : null;
        isFaulty = false;
        var building = Cell(UnitColumn.Building);
        if (building is null) Fault(line, UnitColumn.Building);
        var number = Cell(UnitColumn.Number);
        if (number is null || !Written.IsNumber(number)) Fault(line, UnitColumn.Number);
        var row = new UnitsRow(
            line, building ?? "", number ?? "", Value<int>(line, UnitColumn.Floor, Cell(UnitColumn.Floor), UnitColumns.TryFloor), Value<UnitKind>(line, UnitColumn.Kind, Cell(UnitColumn.Kind), UnitColumns.TryKind),
            Value<decimal>(line, UnitColumn.Area, Cell(UnitColumn.Area), UnitColumns.TryArea), Value<UnitTenure>(line, UnitColumn.Tenure, Cell(UnitColumn.Tenure), UnitColumns.TryTenure),
            Value<UnitOccupancy>(line, UnitColumn.Occupancy, Cell(UnitColumn.Occupancy), UnitColumns.TryOccupancy));
        if (!isFaulty) rows.Add(row);
    }

    private delegate bool Reader<T>(string text, out T value);

    private T? Value<T>(int line, UnitColumn column, string? text, Reader<T> read) where T : struct
    {
        if (text is null) return null;
        if (read(text, out var value)) return value;
        Fault(line, column);
        return null;
    }

    private void Fault(int line, UnitColumn column)
    {
        isFaulty = true;
        faults.Add(new(line, columns[column].Heading, UnitColumns.FormOf(column)));
    }
}
