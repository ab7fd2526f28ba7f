namespace Crm.Build.Chaos;

/// <summary>What a person asks of the chaos run on the command line. What is not asked for, each scenario chooses itself.</summary>
/// <param name="Scenario">The name of the scenario, or <c>all</c>.</param>
/// <param name="Rounds">How often something goes wrong.</param>
/// <param name="Length">How long each time, or how long in all.</param>
/// <param name="Clients">How many clients work.</param>
/// <param name="Clocks">How many clocks are due at once.</param>
/// <param name="Record">Write the figures into docs/reliability.md.</param>
/// <param name="Build">Bring the host up to date with the sources first.</param>
/// <param name="Data">The folder for cluster, logs and acknowledgements; null for a fresh temporary one.</param>
internal sealed record ChaosOptions(string Scenario, int? Rounds, TimeSpan? Length, int? Clients, int? Clocks, bool Record, bool Build, string? Data)
{
    /// <summary>Every scenario, one after the other.</summary>
    public const string All = "all";

    /// <summary>Shown for <c>--help</c>, and after a command line that cannot be understood.</summary>
    public static readonly string Usage = $"""
        chaos [options]

        Starts a durable PostgreSQL cluster of its own and hosts on it, in real time. While clients post, accept and resolve
        tickets, things go wrong on purpose; then it holds the database against the clients' own logs of what was acknowledged.
        Always: nothing acknowledged is lost, nothing acts twice, no server error (503 with Retry-After is none), every event is
        delivered, and once the trouble is over every host that was not restarted serves again within 30 seconds.

        {string.Join('\n', ChaosCommand.Scenarios.Select(s => $"  {s.Name,-18} {s.Story}"))}

          --scenario NAME   one of these, or {All} ({ChaosCommand.Scenarios[0].Name})
          --rounds N        how often something goes wrong
          --seconds N       how long each round takes, or the trouble in all
          --clients N       how many clients work at the same time (8)
          --clocks N        clocks due at once, for the scenario burst (100000)
          --record          write the figures into their section of docs/reliability.md
          --no-build        with the host as it was built last
          --data DIR        keep cluster, logs and acknowledgements there; DIR must be empty or absent
                            (a fresh temporary folder, removed when all is well)
          --help            this text

        Environment: CRM_DATABASE and CRM_POSTGRES as in build/run; on a server that is given, the run makes a database of its own,
        and scenarios that stop the server cannot be run.

        Exit code: 0 when all is well, otherwise 1.
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="UsageException">Something in it was not understood.</exception>
    public static ChaosOptions Parse(Arguments arguments)
    {
        var options = new ChaosOptions(
            arguments.Value("--scenario") ?? ChaosCommand.Scenarios[0].Name,
            Number("--rounds", most: 10_000),
            Number("--seconds", most: 7_200) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Number("--clients", most: 256),
            Number("--clocks", most: 10_000_000),
            arguments.Flag("--record"),
            !arguments.Flag("--no-build"),
            arguments.Value("--data"));
        arguments.End();
        return options.Scenario == All || ChaosCommand.Scenarios.Any(s => s.Name == options.Scenario)
            ? options
            : throw new UsageException($"There is no scenario {options.Scenario}.", Usage);

        int? Number(string name, int most) => arguments.Number(name, otherwise: 0, least: 1, most) is var number and > 0 ? number : null;
    }

    /// <summary>As a person would type it again.</summary>
    public string CommandFor(string scenario) =>
        $"./build/chaos --scenario {scenario}{Part("--rounds", Rounds)}{Part("--seconds", Length?.TotalSeconds)}{Part("--clients", Clients)}{Part("--clocks", Clocks)}";

    private static string Part(string name, double? value) => value is null ? "" : $" {name} {value:0}";
}
