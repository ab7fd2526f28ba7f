using System.Text.Json;

namespace Crm.Build.Bench;

/// <summary>What EXPLAIN (ANALYZE, BUFFERS) says of one execution.</summary>
/// <param name="Indexes">The indexes used, in the plan's order.</param>
/// <param name="SeqScans">Tables that were read from end to end, or until the page was full.</param>
/// <param name="RowsRead">Rows that the scans fetched, those thrown away by a filter included.</param>
/// <param name="Sorted">Rows that went into sorts.</param>
/// <param name="Buffers">Shared buffers hit or read.</param>
/// <param name="Milliseconds">Execution time.</param>
internal sealed record Plan(string Indexes, IReadOnlyList<string> SeqScans, long RowsRead, long Sorted, long Buffers, double Milliseconds)
{
    /// <summary>Reads the JSON form.</summary>
    public static Plan Read(string json)
    {
        var explained = JsonDocument.Parse(json).RootElement[0];
        var top = explained.GetProperty("Plan");
        var nodes = Nodes(top).ToList();
        var indexes = nodes.Select(n => Text(n, "Index Name")).OfType<string>().Distinct().ToList();
        return new Plan(
            string.Join(", ", indexes),
            [.. nodes.Where(n => Text(n, "Node Type") == "Seq Scan").Select(n => Text(n, "Relation Name")!)],
            nodes.Where(n => n.TryGetProperty("Relation Name", out _)).Sum(RowsReadBy),
            nodes.Where(n => Text(n, "Node Type") is "Sort" or "Incremental Sort").SelectMany(Children)
                .Sum(n => Count(n, "Actual Rows") * Count(n, "Actual Loops")),
            Count(top, "Shared Hit Blocks") + Count(top, "Shared Read Blocks"),
            explained.GetProperty("Execution Time").GetDouble());
    }

    private static long RowsReadBy(JsonElement node) =>
        (Count(node, "Actual Rows") + Count(node, "Rows Removed by Filter") + Count(node, "Rows Removed by Index Recheck"))
        * Count(node, "Actual Loops");

    private static IEnumerable<JsonElement> Nodes(JsonElement node) => Children(node).SelectMany(Nodes).Prepend(node);

    private static IEnumerable<JsonElement> Children(JsonElement node) => node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray() : [];

    private static string? Text(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static long Count(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? (long)value.GetDouble() : 0;
}
