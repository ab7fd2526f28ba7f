namespace Crm.Build.Bench;

/// <summary>
/// The ids that a request makes, made by pgbench's clients instead: they grow, in step with each other, and so land at the right end of every
/// index, as UUIDv7 do.
/// </summary>
internal sealed class MadeIds
{
    private const int Most = 32, MostClients = 256;
    private readonly List<string> captured;

    /// <param name="captured">As they are in the statements.</param>
    public MadeIds(IEnumerable<string> captured)
    {
        this.captured = [.. captured.Distinct()];
        if (this.captured.Count > Most) throw new InvalidDataException($"One request made {this.captured.Count} ids; the script knows how to make {Most}.");
    }

    /// <summary>Before the first of them is made.</summary>
    public static (string Name, string Value) None => ("n", "0");

    /// <summary>Meta commands that make new ones; <c>:base</c> is a number that no other request has.</summary>
    public string Head => string.Join('\n', [
        "\\set n :n + 1", $"\\set base 100000000000 + (:n * {MostClients} + :client_id) * {Most}",
        .. captured.Select((_, at) => $"\\set id{at} :base + {at}"),
    ]);

    /// <summary>Those of the entries that a question leaves in the audit.</summary>
    public static MadeIds OfEntries(IEnumerable<LoggedStatement> statements) =>
        new(statements.Where(s => s.Sql.StartsWith("INSERT", StringComparison.Ordinal) && s.Sql.Contains("audit_entries", StringComparison.Ordinal)).Select(s => s.Parameters[0]!));

    /// <summary>What stands for this value in the script; null where it is none of them.</summary>
    public string? ExpressionOf(string value) => captured.IndexOf(value) is var at and >= 0 ? $"(:made::text || :id{at}::text)::uuid" : null;
}
