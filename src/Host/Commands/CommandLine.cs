namespace Crm.Host.Commands;

/// <summary>A command line that cannot be understood; the text says why.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The words of one command, taken out one option at a time; what is left at the end was not understood.</summary>
internal sealed class CommandLine(IEnumerable<string> words)
{
    private readonly List<string> words = [.. words];

    /// <summary>Whether the option without a value is given.</summary>
    public bool Flag(string name) => words.Remove(name);

    /// <summary>The value of <c>--name VALUE</c>; null when it is not given.</summary>
    public string? Value(string name, int longest)
    {
        var at = words.IndexOf(name);
        if (at < 0) return null;
        if (at + 1 == words.Count || string.IsNullOrWhiteSpace(words[at + 1])) throw new UsageException($"{name} needs a value.");
        var value = words[at + 1];
        if (value.Length > longest) throw new UsageException($"{name} must not be longer than {longest} characters.");
        words.RemoveRange(at, 2);
        return value;
    }

    /// <summary>The value of an option that must be given.</summary>
    public string Needed(string name, int longest) => Value(name, longest) ?? throw new UsageException($"{name} is missing.");

    /// <summary>Nothing may be left over.</summary>
    public void End()
    {
        if (words.Count > 0) throw new UsageException($"Not understood: {string.Join(' ', words)}");
    }
}
