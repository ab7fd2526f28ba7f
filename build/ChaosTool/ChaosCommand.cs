using System.Diagnostics;
using Crm.Build.Hosting;

namespace Crm.Build.Chaos;

/// <summary>Something that goes wrong, one file each.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Story">What happens, in a line.</param>
/// <param name="RunAsync">Works in a fresh playground and answers with its figures.</param>
internal sealed record Scenario(string Name, string Story, Func<Shift, CancellationToken, Task<ChaosTable>> RunAsync)
{
    /// <summary>The database lives on a disk of this many megabytes; null for the disk there is.</summary>
    public int? DiskMegabytes { get; init; }
}

/// <summary><c>./build/chaos</c>: things go wrong on purpose while clients work; what they were promised must hold.</summary>
internal static class ChaosCommand
{
    private const int AllWell = 0, Broken = 1;

    /// <summary>The first is the default.</summary>
    public static readonly IReadOnlyList<Scenario> Scenarios =
    [
        HostKills.Scenario, DatabaseKills.Scenario, Terminations.Scenario, BadNetwork.Scenario, DatabaseAway.Scenario, DiskFull.Scenario,
        HeldTransaction.Scenario, Burst.Scenario, ClockSkew.Scenario, Sigterm.Scenario, FrozenHosts.Scenario, Revocation.Scenario, ReceiverDown.Scenario,
    ];

    public static async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        var arguments = new Arguments(args, ChaosOptions.Usage);
        if (arguments.AskForHelp()) return AllWell;
        var options = ChaosOptions.Parse(arguments);
        var watch = Stopwatch.StartNew();

        if (options.Build) await HostProject.BuildAsync(ct);
        var tables = new List<ChaosTable>();
        foreach (var scenario in Scenarios.Where(s => options.Scenario is ChaosOptions.All || options.Scenario == s.Name))
        {
            var table = await RunAsync(scenario, options, Say, ct);
            Console.WriteLine();
            table.Print(Console.Out);
            Console.WriteLine($"\n{table.Verdict}\n");
            if (options.Record) ReliabilityPage.Write(scenario.Name, options.CommandFor(scenario.Name), table.IsWell, table.Print);
            tables.Add(table);
        }

        if (tables.Count > 1) foreach (var table in tables) Console.WriteLine(table.Verdict);
        return tables.All(t => t.IsWell) ? AllWell : Broken;

        void Say(string what) => Console.WriteLine($"{watch.Elapsed:m\\:ss}  {what}");
    }

    private static async Task<ChaosTable> RunAsync(Scenario scenario, ChaosOptions options, Action<string> say, CancellationToken ct)
    {
        try
        {
            say($"{scenario.Name}: {scenario.Story}");
            await using var disk = scenario.DiskMegabytes is { } megabytes ? await SmallDisk.MountAsync(megabytes, ct) : null;
            var folder = options is { Data: { } data, Scenario: ChaosOptions.All } ? Path.Combine(data, scenario.Name) : options.Data;
            await using var ground = await Playground.OpenAsync("chaos", folder, disk?.Folder, say, ct);
            var table = await scenario.RunAsync(new Shift(scenario.Name, options, ground, disk, say), ct);
            ground.MayGo = table.IsWell;
            return table;
        }
        catch (Exception failed) when (failed is InvalidDataException or IOException or TimeoutException or HttpRequestException)
        {
            throw new ToolFailureException($"The scenario {scenario.Name} could not be run: {failed.Message}");
        }
    }
}
