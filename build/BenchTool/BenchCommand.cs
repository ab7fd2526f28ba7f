using System.Diagnostics;
using Crm.Build.Hosting;

namespace Crm.Build.Bench;

/// <summary>One part of the bench: works on its own database, says how it goes, and answers with its section of the document.</summary>
internal delegate Task<string> Measurement(BenchOptions options, BenchGround ground, CancellationToken ct);

/// <param name="Name">As typed, and as marked in the document.</param>
/// <param name="Story">One line for the help text.</param>
/// <param name="RunAsync">What is done.</param>
internal sealed record Part(string Name, string Story, Measurement RunAsync);

/// <summary><c>./build/bench</c>: figures of the hosts beside PostgreSQL's own load generator, on one machine, in one run.</summary>
internal static class BenchCommand
{
    /// <summary>One file each, in the order of the document.</summary>
    public static readonly IReadOnlyList<Part> Parts =
    [
        new("post", "POST /complaints beside pgbench doing the same statements in one pipelined batch", PostBench.RunAsync),
        new("reads", "GET by id, keyset lists and lookup by phone over a million cases beside pgbench doing the same SELECTs", ReadBench.RunAsync),
        new("customers", "who calls: POST /customers/lookup among a million customers beside pgbench doing the same statements", CustomerBench.RunAsync),
        new("plans", "how PostgreSQL answers each list with each filter over these cases", PlanBench.RunAsync),
        new("drain", "resolved cases on their way to planned follow-ups", DrainBench.RunAsync),
        new("sweep", "clocks that come due among many that run, with one host and two", SweepBench.RunAsync),
        new("million", "a million events through the outbox: its size, its rate and its claims, from first to last", MillionBench.RunAsync),
        new("start", "process start to the first answers, and memory at idle", StartBench.RunAsync),
    ];

    public static async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        if (new Arguments(args, BenchOptions.Usage).AskForHelp()) return 0;
        var options = BenchOptions.Parse(args);
        var watch = Stopwatch.StartNew();

        try
        {
            Say("building the host");
            await HostProject.BuildAsync(ct);
            await using var ground = await BenchGround.OpenAsync(options.Data, Say, ct);
            foreach (var part in Parts.Where(part => options.Parts.Contains(part.Name)))
            {
                Say($"{part.Name}: {part.Story}");
                var began = Load.Of1Minute();
                var section = await part.RunAsync(options, ground, ct);
                section = $"{await Circumstances.TellAsync(part, options, ground, began, ct)}\n\n{section.Trim()}\n";
                Console.WriteLine($"\n{section}");
                if (!options.IsDraft) BenchDocument.Replace(part.Name, section);
            }

            ground.MayGo = true;
            Say(options.IsDraft ? "done" : $"written to {BenchDocument.File}");
            return 0;
        }
        catch (Exception failed) when (failed is InvalidDataException or IOException or TimeoutException or HttpRequestException)
        {
            throw new ToolFailureException($"The bench could not be run: {failed.Message}");
        }

        void Say(string what) => Console.WriteLine($"{watch.Elapsed:m\\:ss}  {what}");
    }
}
