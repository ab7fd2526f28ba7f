namespace Crm.Build.Mutate;

/// <summary>How a piece of code can be changed, and how the change is woven in beside what stands there.</summary>
/// <param name="What">In a line.</param>
/// <param name="Weave">From the text of the switch and the text that stands there to the text of both.</param>
/// <param name="LinesBelow">How many lines below the beginning of the piece it is.</param>
internal sealed record CodeChange(string What, Func<string, string, string> Weave, int LinesBelow = 0)
{
    private const int Shown = 70;

    /// <summary>Another expression instead.</summary>
    public static CodeChange Instead(string standing, string other) =>
        new($"`{Short(standing)}` → `{Short(other)}`", (isOn, code) => $"({isOn} ? {other} : {code})");

    /// <summary>A condition that never holds.</summary>
    public static CodeChange Never(string standing) => new($"never `{Short(standing)}`", (isOn, code) => $"(({code}) && !{isOn})");

    /// <summary>A condition that always holds.</summary>
    public static CodeChange Always(string standing) => new($"always `{Short(standing)}`", (isOn, code) => $"(({code}) || {isOn})");

    /// <summary>A statement that is left out.</summary>
    public static CodeChange Without(string standing) => new($"without `{Short(standing)}`", (isOn, code) => $"{{ if (!{isOn}) {{ {code} }} }}");

    /// <summary>On one line, cut where it grows long.</summary>
    public static string Short(string code)
    {
        var line = string.Join(' ', code.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Shown ? line : line[..Shown] + "…";
    }
}
