using System.Globalization;
using NodaTime;

namespace Crm.Build;

/// <summary>docs/reliability.md: the figures of each run stand between two marks, and are replaced by each recorded run.</summary>
internal static class ReliabilityPage
{
    private static readonly string Page = Path.Combine(Repository.Root, "docs", "reliability.md");

    /// <summary>Writes the figures of a run and the command that repeats it.</summary>
    /// <param name="section">The name in the mark.</param>
    /// <param name="command">What a person types.</param>
    /// <param name="isWell">Whether all was well.</param>
    /// <param name="print">Prints the figures.</param>
    /// <exception cref="ToolFailureException">The page has no place for them.</exception>
    public static void Write(string section, string command, bool isWell, Action<TextWriter> print)
    {
        var (text, begin, end) = (File.ReadAllText(Page), $"<!-- figures: {section} -->", "<!-- end -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = from < 0 ? -1 : text.IndexOf(end, from, StringComparison.Ordinal);
        if (to < 0) throw new ToolFailureException($"{Page} has no place for the figures of {section}: {begin} … {end}");

        using var figures = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        print(figures);
        var today = SystemClock.Instance.GetCurrentInstant().InUtc().Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
        var head = $"`{command}`, {today}, {Environment.ProcessorCount} cores: {(isWell ? "all is well" : "**not well**")}";
        File.WriteAllText(Page, $"{text[..(from + begin.Length)]}\n{head}\n```\n{figures.ToString().TrimEnd()}\n```\n{text[to..]}");
    }
}
