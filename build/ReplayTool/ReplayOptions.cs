namespace Crm.Build.Replay;

/// <summary>What a person asks of the replay on the command line.</summary>
/// <param name="File">The recorded tickets, as CSV.</param>
/// <param name="Nodes">The hosts to post to; commands go to each in turn, the test clock to the first.</param>
/// <param name="Project">Code of the project that takes the tickets.</param>
/// <param name="Staff">The seeded member of staff in whose name the call centre works.</param>
/// <param name="Limit">Replay the first so many tickets of the file only; null replays all.</param>
internal sealed record ReplayOptions(string File, IReadOnlyList<Uri> Nodes, string Project, string Staff, int? Limit)
{
    /// <summary>Shown for <c>--help</c>, and after a command line that cannot be understood.</summary>
    public const string Usage = """
        replay FILE [options]

        Posts the recorded tickets of FILE (MyLA311 columns) to a running host over HTTP, drives its test clock
        through the recorded times, accepts and resolves each ticket when it was closed, reads everything back and
        compares it with a computation of its own. Needs an empty database: ./build/run --fresh

          --url URL        the host, http://localhost:5080 unless told; repeat it or separate by commas for several
                           hosts on one database: posts go to each in turn
          --project CODE   the project that takes the tickets (demo)
          --staff LOGIN    the member of staff who works (demo.admin)
          --limit N        the first N tickets of the file only
          --help           this text

        Exit code: 0 without mismatches, 1 with some, 2 when the replay could not be made.
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="UsageException">An option is unknown or lacks its value, or FILE is missing; the message names it.</exception>
    public static ReplayOptions Parse(IReadOnlyList<string> args)
    {
        string? file = null, project = "demo", staff = "demo.admin";
        int? limit = null;
        var nodes = new List<Uri>();

        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--url": nodes.AddRange(Value().Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Node)); break;
                case "--project": project = Value(); break;
                case "--staff": staff = Value(); break;
                case "--limit": limit = Positive(Value()); break;
                case var option when option.StartsWith('-'): throw new UsageException($"There is no option {option}.", Usage);
                case var path when file is null: file = path; break;
                default: throw new UsageException($"One FILE only, not also {args[i]}.", Usage);
            }

            string Value() => i + 1 < args.Count ? args[++i] : throw new UsageException($"{args[i]} needs a value.", Usage);
        }

        if (nodes.Count == 0) nodes.Add(new Uri("http://localhost:5080"));
        return new ReplayOptions(file ?? throw new UsageException("FILE is missing.", Usage), nodes, project, staff, limit);
    }

    private static int Positive(string text) =>
        int.TryParse(text, out var number) && number > 0 ? number : throw new UsageException($"{text} is not a positive number.", Usage);

    private static Uri Node(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")
            ? uri
            : throw new UsageException($"{text} is not an http address.", Usage);
}
