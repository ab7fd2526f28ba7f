namespace Crm.Build;

/// <summary>A command line that cannot be understood.</summary>
/// <param name="message">What is wrong with it, naming the argument.</param>
/// <param name="usage">The command's help text, shown below the message.</param>
internal sealed class UsageException(string message, string usage) : Exception(message)
{
    /// <summary>The help text of the command that was meant.</summary>
    public string Usage { get; } = usage;
}

/// <summary>
/// The arguments of one command, taken out one option at a time; what is left at the end was not understood.
/// </summary>
/// <param name="args">The words after the command's name.</param>
/// <param name="usage">The command's help text.</param>
internal sealed class Arguments(IEnumerable<string> args, string usage)
{
    private readonly List<string> words = [.. args];

    /// <summary>True when help was asked for; it has then been printed.</summary>
    public bool AskForHelp()
    {
        var asked = Flag("--help") || Flag("-h");
        if (asked) Console.WriteLine(usage);
        return asked;
    }

    /// <summary>Whether the option without a value is given.</summary>
    public bool Flag(string name) => words.Remove(name);

    /// <summary>The value of <c>--name VALUE</c> or <c>--name=VALUE</c>; null when the option is not given.</summary>
    /// <exception cref="UsageException">The option has no value.</exception>
    public string? Value(string name)
    {
        if (words.Find(word => word.StartsWith(name + "=", StringComparison.Ordinal)) is { } joined)
        {
            words.Remove(joined);
            return joined[(name.Length + 1)..];
        }

        var at = words.IndexOf(name);
        if (at < 0) return null;
        if (at + 1 == words.Count) throw new UsageException($"{name} needs a value.", usage);
        var value = words[at + 1];
        words.RemoveRange(at, 2);
        return value;
    }

    /// <summary>The whole number given for the option, or <paramref name="otherwise"/> when it is not given.</summary>
    /// <exception cref="UsageException">Not a whole number from <paramref name="least"/> to <paramref name="most"/>.</exception>
    public int Number(string name, int otherwise, int least, int most)
    {
        if (Value(name) is not { } text) return otherwise;
        return int.TryParse(text, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"{name} must be a whole number from {least} to {most}, not {text}.", usage);
    }

    /// <summary>The one word that may be left over; null when none is.</summary>
    /// <exception cref="UsageException">More is left over, or an option that was not understood.</exception>
    public string? Rest()
    {
        var rest = words.FirstOrDefault(word => !word.StartsWith('-'));
        if (rest is not null) words.Remove(rest);
        End();
        return rest;
    }

    /// <summary>Nothing may be left over.</summary>
    /// <exception cref="UsageException">An argument was not understood.</exception>
    public void End()
    {
        if (words.Count > 0) throw new UsageException($"Not understood: {string.Join(' ', words)}", usage);
    }
}
