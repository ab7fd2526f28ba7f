using System.Diagnostics;
using Crm.Build.Machine;
using Crm.Build.Postgres;

namespace Crm.Build.Mutate;

/// <summary><c>./build/mutate</c>: small faults put into the code that keeps the promises; some test must notice each of them.</summary>
internal static class MutateCommand
{
    private const int AllWell = 0, TooManySurvived = 1;

    /// <summary>Beyond twice what the tests took without a mutant: a mutant that waits for ever ends here.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(45);

    public static async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        if (new Arguments(args, MutateOptions.Usage).AskForHelp()) return AllWell;
        var options = MutateOptions.Parse(args);
        var folder = Path.GetFullPath(options.Data ?? Path.Combine(Path.GetTempPath(), $"crm-mutate-{Guid.NewGuid():N}"));
        Directory.CreateDirectory(folder);
        try
        {
            return await RunAsync(options, folder, ct);
        }
        finally
        {
            if (options.Data is null) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RunAsync(MutateOptions options, string folder, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var clone = await MutatedClone.MakeAsync(folder, Say, ct);
        if (options.List)
        {
            foreach (var mutant in clone.Mutants.Where(m => options.Areas.Contains(m.Area))) Console.WriteLine($"{mutant.Area.Name,-12} {mutant.Story}");
            return AllWell;
        }

        await using var server = await DatabaseServer.StartAsync(Say, ct);
        var scratch = Path.Combine(folder, "scratch");
        if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true);
        Directory.CreateDirectory(scratch);
        var runs = new TestRuns(clone, server, scratch);
        var known = new KnownVerdicts(Path.Combine(folder, "verdicts"));
        var verdicts = new List<Verdict>();
        foreach (var area in options.Areas)
        {
            var (drawn, began, baselines) = (options.Draw(area, clone.Mutants), watch.Elapsed, await TakeBaselinesAsync(runs, area, scratch, Say, ct));
            foreach (var mutant in drawn.TakeWhile(_ => watch.Elapsed - began < options.Budget))
            {
                var verdict = new Verdict(mutant, known.KillerOf(mutant) ?? await KillerOfAsync(mutant, baselines, runs, ct));
                known.Keep(verdict);
                verdicts.Add(verdict);
                Say($"{area.Name} {verdicts.Count(v => v.Mutant.Area == area)}/{drawn.Count}  {mutant.Story}  {verdict.Killer ?? "SURVIVED"}");
            }
        }

        var commit = await Subprocess.CaptureAsync("git", ["-C", Repository.Root, "rev-parse", "--short", "HEAD"], ct);
        var table = new MutantTable(commit.Succeeded ? commit.Output.Trim() : "unknown", clone.Mutants, verdicts);
        Console.WriteLine();
        table.Print(Console.Out);
        if (options.Record) ReliabilityPage.Write("mutants", options.Command, table.IsWell, table.Print);
        return table.IsWell ? AllWell : TooManySurvived;

        void Say(string what) => Console.WriteLine($"{watch.Elapsed:h\\:mm\\:ss}  {what}");
    }

    private static async Task<IReadOnlyList<Baseline>> TakeBaselinesAsync(TestRuns runs, Area area, string scratch, Action<string> say, CancellationToken ct)
    {
        var baselines = new List<Baseline>();
        foreach (var group in area.Tests)
        {
            baselines.Add(await Baseline.TakeAsync(runs, group, scratch, ct));
            say($"{string.Join(", ", group.Classes)}: {baselines[^1].Took.TotalSeconds:0.0} s without a mutant, come to {baselines[^1].Reach.Count}");
        }

        return baselines;
    }

    /// <summary>Tests that never come to the mutant cannot notice it.</summary>
    private static async Task<string?> KillerOfAsync(Mutant mutant, IReadOnlyList<Baseline> baselines, TestRuns runs, CancellationToken ct)
    {
        foreach (var baseline in baselines.Where(b => b.Reach.Contains(mutant.Id)))
        {
            if (await runs.FirstFailureAsync(baseline.Group, mutant.Id, reach: null, Grace + 2 * baseline.Took, ct) is { } killer) return killer;
        }

        return null;
    }
}
