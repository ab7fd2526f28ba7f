namespace Crm.Build.Fuzz;

/// <summary>What a person asks of the fuzzer on the command line.</summary>
/// <param name="Requests">How many requests are sent.</param>
/// <param name="Seed">Where the choices begin.</param>
/// <param name="Workers">How many send at the same time.</param>
/// <param name="Url">A host in Development that runs already; null to start one.</param>
/// <param name="Data">The folder of a host that is started; null for a temporary one.</param>
/// <param name="Record">Write the figures into docs/reliability.md.</param>
/// <param name="Build">Bring the host up to date with the sources before it is started.</param>
internal sealed record FuzzOptions(int Requests, int Seed, int Workers, Uri? Url, string? Data, bool Record, bool Build)
{
    /// <summary>Shown for <c>--help</c>, and after a command line that cannot be understood.</summary>
    public const string Usage = """
        fuzz [options]

        Reads a host's OpenAPI document and sends what it allows and what it does not: values at the edges of each schema, wrong
        types, nulls, unknown and missing members, broken JSON and encodings, odd headers, keys, tags, tokens, cursors and methods, and
        sequences in which one answer's id, version and key make the next request. Every answer must have a status, a content type,
        headers and a body that the document tells of, and none may be a server error. Starts a database and a host of its own.

          --requests N    how many requests (20000)
          --seed N        where the choices begin (random, and printed)
          --workers N     how many send at the same time (8)
          --url URL       a host in Development to use instead; what is in its database is played with
          --data DIR      keep cluster and log there; DIR must be empty or absent (a temporary folder, removed when all is well)
          --record        write the figures into their section of docs/reliability.md
          --no-build      with the host as it was built last
          --help          this text

        Exit code: 0 without findings, otherwise 1. Each finding comes with a command line that shows it.
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="UsageException">Something in it was not understood.</exception>
    public static FuzzOptions Parse(Arguments arguments)
    {
        var options = new FuzzOptions(
            arguments.Number("--requests", otherwise: 20_000, least: 1, most: 100_000_000),
            arguments.Number("--seed", otherwise: Random.Shared.Next(1, 1_000_000), least: 0, most: int.MaxValue),
            arguments.Number("--workers", otherwise: 8, least: 1, most: 64),
            arguments.Value("--url") is { } url
                ? Uri.TryCreate(url, UriKind.Absolute, out var host) ? host : throw new UsageException($"--url must be an address such as http://localhost:5080, not {url}.", Usage)
                : null,
            arguments.Value("--data"),
            arguments.Flag("--record"),
            !arguments.Flag("--no-build"));
        arguments.End();
        return options;
    }
}
