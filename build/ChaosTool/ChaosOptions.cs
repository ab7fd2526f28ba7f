namespace Crm.Build.Chaos;

/// <summary>What a person asks of the chaos run on the command line.</summary>
/// <param name="Scenario">The name of the scenario.</param>
/// <param name="Rounds">How many hosts are killed.</param>
/// <param name="RoundLength">A host is killed at a random moment of this time.</param>
/// <param name="Data">The folder for cluster, logs and acknowledgements; null for a fresh temporary one.</param>
internal sealed record ChaosOptions(string Scenario, int Rounds, TimeSpan RoundLength, string? Data)
{
    /// <summary>Shown for <c>--help</c>, and after a command line that cannot be understood.</summary>
    public static readonly string Usage = $"""
        chaos [options]

        Starts a durable PostgreSQL cluster of its own and two hosts on it, in real time. While 16 clients post, accept and
        resolve tickets, it kills one host after the other (kill -9) and starts it again; then it holds the database against
        the clients' own logs of what was acknowledged.

          --scenario NAME            {string.Join(", ", ChaosCommand.Scenarios.Keys)} ({ChaosCommand.Scenarios.Keys.First()})
          --rounds N                 kills (20)
          --seconds-per-round N      each at a random moment of so many seconds (6)
          --data DIR                 keep cluster, logs and acknowledgements there; DIR must be empty or absent
                                     (a fresh temporary folder, removed when all is well)
          --help                     this text

        Environment: CRM_DATABASE and CRM_POSTGRES as in build/run; on a server that is given, the run makes a database of its own.

        Exit code: 0 when nothing was lost, doubled, left behind or answered with a server error, otherwise 1.
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="UsageException">Something in it was not understood.</exception>
    public static ChaosOptions Parse(Arguments arguments)
    {
        var scenario = arguments.Value("--scenario") ?? ChaosCommand.Scenarios.Keys.First();
        var options = new ChaosOptions(
            scenario,
            arguments.Number("--rounds", otherwise: 20, least: 1, most: 10_000),
            TimeSpan.FromSeconds(arguments.Number("--seconds-per-round", otherwise: 6, least: 1, most: 3_600)),
            arguments.Value("--data"));
        arguments.End();
        return ChaosCommand.Scenarios.ContainsKey(scenario) ? options : throw new UsageException($"There is no scenario {scenario}.", Usage);
    }
}
