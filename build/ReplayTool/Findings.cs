using System.Collections.Concurrent;

namespace Crm.Build.Replay;

/// <summary>What did not come out as it must, ticket by ticket. Safe from any thread.</summary>
internal sealed class Findings
{
    /// <summary>So many are printed; the rest is counted.</summary>
    private const int Shown = 20;

    private readonly ConcurrentQueue<string> all = [];

    public int Count => all.Count;

    public void Add(string ticket, string what) => all.Enqueue($"{ticket}: {what}");

    /// <summary>One finding for each of <paramref name="what"/> whose two values are not the same.</summary>
    public void Compare<T>(string ticket, string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) Add(ticket, $"{what} expected {Show(expected)}, is {Show(actual)}");
    }

    public void Print(TextWriter output)
    {
        output.WriteLine($"mismatches: {Count}");
        foreach (var finding in all.Take(Shown)) output.WriteLine($"  {finding}");
        if (Count > Shown) output.WriteLine($"  and {Count - Shown} more");
    }

    private static string Show<T>(T value) => value switch
    {
        null => "none",
        NodaTime.Instant instant => Wire.Text(instant),
        _ => value.ToString() ?? "",
    };
}
