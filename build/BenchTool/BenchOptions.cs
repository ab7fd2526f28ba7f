namespace Crm.Build.Bench;

/// <summary>What a person asks of the bench on the command line.</summary>
/// <param name="Parts">What is measured, in this order.</param>
/// <param name="Round">The length of one round of load.</param>
/// <param name="Rounds">How often the two sides take turns; the medians of these are reported.</param>
/// <param name="Clients">How many clients send at once, one row of figures each.</param>
/// <param name="Cases">How many cases are read from, and how many customers are looked up among.</param>
/// <param name="Backlog">How many events are drained, and how many clocks come due, at once.</param>
/// <param name="Large">Also sweep five million clocks.</param>
/// <param name="Data">The folder for cluster and logs; null for a fresh temporary one.</param>
/// <param name="IsDraft">The figures are printed only, the document stays as it is.</param>
internal sealed record BenchOptions(
    IReadOnlyList<string> Parts, TimeSpan Round, int Rounds, IReadOnlyList<int> Clients, int Cases, int Backlog, bool Large, string? Data, bool IsDraft)
{
    private static readonly string[] Levels = ["1", "8", "32"];

    /// <summary>Shown for <c>--help</c>, and after a command line that cannot be understood.</summary>
    public static readonly string Usage = $"""
        bench [part…] [options]

        Starts a durable PostgreSQL cluster of its own (fsync and synchronous_commit on) and hosts on it, puts load on them in turn with
        pgbench, which executes the very same statements, and writes medians and ratios to docs/benchmarks.md, a section for each part.

        Parts (all, when none is named):
        {string.Join('\n', BenchCommand.Parts.Select(part => $"  {part.Name,-9} {part.Story}"))}

          --seconds N      length of one round (10)
          --rounds N       rounds of each side; the median counts (3)
          --clients LIST   clients at once ({string.Join(',', Levels)})
          --cases N        cases that are read from, and customers among whom callers are looked up (1000000)
          --backlog N      events drained, and clocks due, at once (5000)
          --large          sweep five million clocks, too
          --data DIR       keep cluster and logs there, and use again what is there (a fresh temporary folder, removed in the end)
          --draft          print the figures only; docs/benchmarks.md stays as it is
          --help           this text

        Needs PostgreSQL with pgbench and pg_stat_statements (Debian: postgresql, with its contrib modules). CRM_DATABASE is not used.
        """;

    /// <summary>Reads the command line.</summary>
    /// <param name="words">The words after the command's name.</param>
    /// <exception cref="UsageException">Something in it was not understood.</exception>
    public static BenchOptions Parse(IEnumerable<string> words)
    {
        var all = words.ToList();
        var parts = all.TakeWhile(word => !word.StartsWith('-')).ToList();
        var arguments = new Arguments(all.Skip(parts.Count), Usage);
        var options = new BenchOptions(
            parts.Count > 0 ? parts : [.. BenchCommand.Parts.Select(part => part.Name)],
            TimeSpan.FromSeconds(arguments.Number("--seconds", otherwise: 10, least: 1, most: 600)),
            arguments.Number("--rounds", otherwise: 3, least: 1, most: 100),
            [.. (arguments.Value("--clients")?.Split(',') ?? Levels).Select(Level)],
            arguments.Number("--cases", otherwise: 1_000_000, least: 1_000, most: 20_000_000),
            arguments.Number("--backlog", otherwise: 5_000, least: 100, most: 1_000_000),
            arguments.Flag("--large"),
            arguments.Value("--data"),
            arguments.Flag("--draft"));
        arguments.End();
        if (parts.Find(part => BenchCommand.Parts.All(known => known.Name != part)) is { } unknown)
            throw new UsageException($"There is no part {unknown}.", Usage);
        return options;
    }

    private static int Level(string text) =>
        int.TryParse(text, out var clients) && clients is >= 1 and <= 200
            ? clients
            : throw new UsageException($"--clients takes whole numbers from 1 to 200, separated by commas, not {text}.", Usage);
}
