using System.Collections.Concurrent;

namespace Crm.Build.Fuzz;

/// <summary>What was sent and what came back, counted. Safe from any thread.</summary>
internal sealed class Tally(long goal, IEnumerable<string> operations)
{
    private readonly ConcurrentDictionary<string, Line> lines = new();
    private long taken, right, broken, sequences, unsendable;

    /// <summary>Requests sent.</summary>
    public long Sent => lines.Values.Sum(l => l.Sent);

    /// <summary>Takes one of the requests that are to be sent; false when all are.</summary>
    public bool Take() => Interlocked.Increment(ref taken) <= goal;

    /// <summary>One more chain of requests that build on each other was begun.</summary>
    public void Sequence() => Interlocked.Increment(ref sequences);

    /// <summary>One that no client can put on the wire.</summary>
    public void Unsendable() => Interlocked.Increment(ref unsendable);

    /// <summary>Counts a request and its answer; null when the connection broke.</summary>
    public void Count(FuzzRequest request, FuzzAnswer? answer)
    {
        Interlocked.Increment(ref request.Flaw is null ? ref right : ref broken);
        var line = lines.GetOrAdd(request.Operation?.Id ?? "(no operation)", _ => new Line());
        line.Add(answer?.Status ?? 0);
        if (request.Flaw is null && answer is { Status: 400 or 409 or 412 or 404 }) line.Refused = answer.Text;
    }

    /// <summary>Operations that were never seen to do what they are for, so that no answer of theirs was held against its schema but refusals.</summary>
    public IReadOnlyList<string> Unseen => [.. operations.Where(name => !lines.TryGetValue(name, out var line) || line.Done == 0).Order()];

    /// <summary>Each of them with the last refusal of a request that was right by the document: what the fuzzer would have to know.</summary>
    public void PrintUnseen(TextWriter output)
    {
        foreach (var name in Unseen) output.WriteLine($"never succeeded: {name}: {(lines.GetValueOrDefault(name)?.Refused is { } text ? text[..Math.Min(text.Length, 400)] : "not asked for")}");
    }

    /// <summary>The figures, an operation a line.</summary>
    public void Print(TextWriter output, TimeSpan time)
    {
        int[] columns = [2, 4, 400, 401, 403, 404, 405, 409, 412, 413, 422, 428, 429, 5];
        output.WriteLine($"{"operation",-26}{"sent",8}{string.Concat(columns.Select(c => $"{(c == 4 ? "other" : c < 10 ? c + "xx" : c.ToString()),7}"))}");
        foreach (var (name, line) in lines.OrderBy(l => l.Key))
            output.WriteLine($"{name,-26}{line.Sent,8}{string.Concat(columns.Select(c => $"{line.In(c, columns),7}"))}");
        output.WriteLine();
        output.WriteLine($"requests {Sent:N0}: right by the document {right:N0}, broken on purpose {broken:N0}; sequences {sequences:N0}; could not be put on the wire {unsendable:N0}");
        output.WriteLine(Unseen is { Count: > 0 } unseen ? $"never succeeded {unseen.Count}: {string.Join(", ", unseen)}" : "each operation succeeded at least once");
        output.WriteLine($"{time:m\\:ss}, {Sent / Math.Max(1, time.TotalSeconds):N0} a second");
    }

    private sealed class Line
    {
        private readonly ConcurrentDictionary<int, long> statuses = new();

        public long Sent => statuses.Values.Sum();

        public long Done => statuses.Where(s => s.Key is >= 200 and < 300).Sum(s => s.Value);

        public string? Refused { get; set; }

        public void Add(int status) => statuses.AddOrUpdate(status, 1, (_, n) => n + 1);

        public long In(int column, int[] columns) => column switch
        {
            2 => Done,
            5 => statuses.Where(s => s.Key >= 500).Sum(s => s.Value),
            4 => statuses.Where(s => s.Key is < 200 or >= 300 and < 500 && !columns.Contains(s.Key)).Sum(s => s.Value),
            _ => statuses.GetValueOrDefault(column),
        };
    }
}
