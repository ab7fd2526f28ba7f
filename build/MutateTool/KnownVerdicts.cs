namespace Crm.Build.Mutate;

/// <summary>What earlier runs into the same folder have killed. New tests kill more, never less: only survivors are worth running again.</summary>
internal sealed class KnownVerdicts(string file)
{
    private readonly Dictionary<string, string> killers = File.Exists(file)
        ? File.ReadLines(file).Select(line => line.Split('\t')).ToDictionary(parts => parts[0], parts => parts[1])
        : [];

    /// <summary>The test that killed it in an earlier run; null when none did.</summary>
    public string? KillerOf(Mutant mutant) => killers.GetValueOrDefault(mutant.Story);

    /// <summary>Writes a kill down at once, so that a run that is stopped loses nothing.</summary>
    public void Keep(Verdict verdict)
    {
        if (verdict.Killer is { } killer && killers.TryAdd(verdict.Mutant.Story, killer)) File.AppendAllText(file, $"{verdict.Mutant.Story}\t{killer}\n");
    }
}
