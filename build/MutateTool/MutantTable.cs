namespace Crm.Build.Mutate;

/// <summary>How the mutants of each area ended.</summary>
/// <param name="Commit">What was changed.</param>
/// <param name="There">All mutants there are.</param>
/// <param name="Verdicts">Of those that were run.</param>
internal sealed record MutantTable(string Commit, IReadOnlyList<Mutant> There, IReadOnlyList<Verdict> Verdicts)
{
    /// <summary>Killed in each area, in percent.</summary>
    public const int Aim = 85;

    /// <summary>Each area comes to the aim.</summary>
    public bool IsWell => Verdicts.GroupBy(v => v.Mutant.Area).All(area => area.Count(v => v.IsKilled) * 100 >= Aim * area.Count());

    public void Print(TextWriter output)
    {
        output.WriteLine($"commit {Commit}\n");
        output.WriteLine($"{"area",-14} {"there are",9} {"run",9} {"killed",9} {"by time",9} {"survived",9} {"share",9}");
        foreach (var area in Verdicts.GroupBy(v => v.Mutant.Area))
        {
            var (killed, late) = (area.Count(v => v.IsKilled), area.Count(v => v.Killer == Verdict.Deadline));
            output.WriteLine($"{area.Key.Name,-14} {There.Count(m => m.Area == area.Key),9} {area.Count(),9} {killed,9} {late,9} {area.Count() - killed,9} {100.0 * killed / area.Count(),7:0.0} %");
        }

        output.WriteLine("\nsurvived:");
        foreach (var verdict in Verdicts.Where(v => !v.IsKilled).OrderBy(v => v.Mutant.Id)) output.WriteLine($"  {verdict.Mutant.Story}");
    }
}
