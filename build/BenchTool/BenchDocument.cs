namespace Crm.Build.Bench;

/// <summary>docs/benchmarks.md: people's words around sections that the bench writes, each between its two marks.</summary>
internal static class BenchDocument
{
    /// <summary>The document.</summary>
    public static string File { get; } = Path.Combine(Repository.Root, "docs", "benchmarks.md");

    /// <summary>Puts a new text between the marks of a part; a document without them gets them at its end.</summary>
    public static void Replace(string part, string section)
    {
        var (begin, end) = ($"<!-- bench:{part} -->", $"<!-- /bench:{part} -->");
        var text = System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File) : "# Benchmarks\n";
        var (from, to) = (text.IndexOf(begin, StringComparison.Ordinal), text.IndexOf(end, StringComparison.Ordinal));
        var marked = $"{begin}\n{section.Trim()}\n{end}";
        System.IO.File.WriteAllText(
            File, from >= 0 && to > from ? text[..from] + marked + text[(to + end.Length)..] : $"{text.TrimEnd()}\n\n{marked}\n");
    }
}
