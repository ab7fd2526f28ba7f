using System.Globalization;
using System.Text;

namespace Crm.Build.Bench;

/// <summary>A table as Markdown, its columns padded so that it reads well on a terminal, too. Figures stand to the right.</summary>
internal sealed class MarkdownTable(params string[] columns)
{
    private readonly List<string[]> rows = [];

    public void Add(params object?[] cells) => rows.Add([.. cells.Select(Text)]);

    public override string ToString()
    {
        var widths = columns.Select((column, at) => rows.Select(row => row[at].Length).Append(column.Length).Append(3).Max()).ToArray();
        var figures = columns.Select((_, at) => rows.Count > 0 && rows.All(row => row[at].Length == 0 || char.IsAsciiDigit(row[at][0]) || row[at] == "–")).ToArray();
        var text = new StringBuilder();
        Line(columns);
        Line([.. widths.Select((width, at) => figures[at] ? new string('-', width - 1) + ":" : new string('-', width))]);
        foreach (var row in rows) Line(row);
        return text.ToString();

        void Line(string[] cells) => text.Append("| ")
            .AppendJoin(" | ", cells.Select((cell, at) => figures[at] ? cell.PadLeft(widths[at]) : cell.PadRight(widths[at]))).Append(" |\n");
    }

    private static string Text(object? cell) => (cell switch
    {
        null => "–",
        double figure when Math.Abs(figure) >= 100 => figure.ToString("#,0", CultureInfo.InvariantCulture),
        double figure when Math.Abs(figure) >= 10 => figure.ToString("0.0", CultureInfo.InvariantCulture),
        double figure => figure.ToString("0.00", CultureInfo.InvariantCulture),
        long or int => string.Format(CultureInfo.InvariantCulture, "{0:#,0}", cell),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture)!,
    }).Replace("|", "\\|").Replace('\n', ' ');
}
