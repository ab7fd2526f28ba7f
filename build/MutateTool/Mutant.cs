namespace Crm.Build.Mutate;

/// <summary>One small change to the code, which some test must notice.</summary>
/// <param name="Id">Its number: what the switch is set to.</param>
/// <param name="Area">The promise it endangers.</param>
/// <param name="File">Where it is.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Change">What is changed, in a line.</param>
internal sealed record Mutant(int Id, Area Area, string File, int Line, string Change)
{
    /// <summary>Where and what, the same in every run over the same sources.</summary>
    public string Story => $"{Path.GetFileName(File)}:{Line}  {Change}";
}

/// <summary>How a mutant ended.</summary>
/// <param name="Mutant">Which.</param>
/// <param name="Killer">The first test that noticed it; null when none did.</param>
internal sealed record Verdict(Mutant Mutant, string? Killer)
{
    /// <summary>Stands for a test when the tests did not come to an end in time.</summary>
    public const string Deadline = "(did not end in time)";

    /// <summary>Some test noticed it.</summary>
    public bool IsKilled => Killer is not null;
}
