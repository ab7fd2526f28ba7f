using System.Diagnostics;
using Crm.Build.Hosting;

namespace Crm.Build.Chaos;

/// <summary>Works in a fresh playground, says how it goes, and answers with its figures.</summary>
internal delegate Task<ChaosTable> Scenario(ChaosOptions options, Playground ground, Action<string> say, CancellationToken ct);

/// <summary><c>./build/chaos</c>: things go wrong on purpose while clients work; what they were promised must hold.</summary>
internal static class ChaosCommand
{
    private const int AllWell = 0, Broken = 1;

    /// <summary>One file each. The first is the default.</summary>
    public static readonly IReadOnlyDictionary<string, Scenario> Scenarios = new Dictionary<string, Scenario>
    {
        [KillInTurn.Name] = KillInTurn.RunAsync,
    };

    public static async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        var arguments = new Arguments(args, ChaosOptions.Usage);
        if (arguments.AskForHelp()) return AllWell;
        var options = ChaosOptions.Parse(arguments);
        var watch = Stopwatch.StartNew();

        try
        {
            Say("building the host");
            await HostProject.BuildAsync(ct);
            Say("starting the database");
            await using var ground = await Playground.OpenAsync("chaos", options.Data, clusterFolder: null, Say, ct);
            var table = await Scenarios[options.Scenario](options, ground, Say, ct);
            ground.MayGo = table.IsWell;

            Console.WriteLine();
            table.Print(Console.Out);
            Console.WriteLine($"\n{(table.IsWell ? "all is well" : "NOT WELL")}, {watch.Elapsed:m\\:ss}");
            return table.IsWell ? AllWell : Broken;
        }
        catch (Exception failed) when (failed is InvalidDataException or IOException or TimeoutException or HttpRequestException)
        {
            throw new ToolFailureException($"The chaos run could not be made: {failed.Message}");
        }

        void Say(string what) => Console.WriteLine($"{watch.Elapsed:m\\:ss}  {what}");
    }
}
