using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Crm.Build.Fuzz;

/// <summary>What the host did that its document does not say: the same fault once, with the first request that showed it.</summary>
internal sealed partial class Findings(Uri host)
{
    private readonly ConcurrentDictionary<(string Operation, int Status, string Kind, string Detail), Finding> found = new();

    /// <summary>How many there are, each counted once.</summary>
    public int Count => found.Count;

    /// <summary>Keeps one, and tells of it when it is the first of its kind.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="answer">What came back; null when nothing did.</param>
    /// <param name="kind">What kind of fault it is.</param>
    /// <param name="detail">What exactly; texts that differ only in ids and numbers are the same fault.</param>
    public void Add(FuzzRequest request, FuzzAnswer? answer, string kind, string detail)
    {
        var name = request.Operation?.Id ?? $"{request.Method} elsewhere";
        var alike = kind is "server error" or "undocumented status" or "taken although broken" ? request.Flaw ?? "" : Particulars().Replace(detail, "#");
        var finding = found.GetOrAdd((name, answer?.Status ?? 0, kind, alike), _ => new Finding(request, detail));
        if (Interlocked.Increment(ref finding.Times) == 1) Console.WriteLine($"{kind}: {name} {answer?.Status ?? 0}{finding.With}");
    }

    /// <summary>Each with how often it came, and a command line that shows it.</summary>
    public void Print(TextWriter output)
    {
        foreach (var ((operation, status, kind, _), finding) in found.OrderBy(f => f.Key.Kind).ThenBy(f => f.Key.Operation))
        {
            output.WriteLine($"\n{kind}: {operation} {status}, {finding.Times} times{finding.With}");
            output.WriteLine($"  {(finding.Detail.Length > 400 ? finding.Detail[..400] + "…" : finding.Detail)}");
            output.WriteLine($"  {finding.Request.Curl(host)}");
        }
    }

    private sealed class Finding(FuzzRequest request, string detail)
    {
        public FuzzRequest Request => request;

        public string Detail => detail;

        public string With => request.Flaw is { } flaw ? $", with {flaw}" : "";

        public long Times;
    }

    [GeneratedRegex(@"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|: .*$", RegexOptions.Singleline)]
    private static partial Regex Particulars();
}
