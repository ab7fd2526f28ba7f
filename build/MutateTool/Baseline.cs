using System.Diagnostics;

namespace Crm.Build.Mutate;

/// <summary>A group of tests with all mutants asleep: how long it takes, and which of them it comes to.</summary>
internal sealed record Baseline(TestGroup Group, TimeSpan Took, IReadOnlySet<int> Reach)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Runs the group once.</summary>
    /// <exception cref="ToolFailureException">A test of it fails without any mutant.</exception>
    public static async Task<Baseline> TakeAsync(TestRuns runs, TestGroup group, string scratch, CancellationToken ct)
    {
        var (reach, watch) = (Path.Combine(scratch, $"{Guid.NewGuid():N}.reach"), Stopwatch.StartNew());
        if (await runs.FirstFailureAsync(group, mutant: 0, reach, Patience, ct) is { } failed)
            throw new ToolFailureException($"{failed} fails without any mutant: nothing can be learnt from it.");
        if (!File.Exists(reach)) throw new ToolFailureException($"No test was found: {string.Join(", ", group.Classes)} of {group.Project}.");
        return new Baseline(group, watch.Elapsed, File.ReadLines(reach).Select(int.Parse).ToHashSet());
    }
}
