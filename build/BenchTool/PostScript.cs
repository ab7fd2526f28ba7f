using System.Text.RegularExpressions;

namespace Crm.Build.Bench;

/// <summary>The statements of one POST as pgbench executes them, with client-made ids.</summary>
internal static partial class PostScript
{
    /// <param name="statements">Captured from one POST, in order.</param>
    public static PgbenchScript Of(IReadOnlyList<LoggedStatement> statements)
    {
        var ids = new MadeIds(statements.SelectMany(s => s.Parameters).OfType<string>().Where(v => Uuid().IsMatch(v)));
        var hashes = Column(statements, "key_hash");
        var numbers = Column(statements, "number");

        var writer = new ScriptWriter((statement, at) =>
        {
            var value = statement.Parameters[at];
            if (statement.Sql.Contains("pg_try_advisory_xact_lock($1)", StringComparison.Ordinal)) return ":r1";
            if (value is null) return null;
            if (hashes.Contains(value)) return "(:hash::text || :r1::text || :r2::text || :tail::text)::bytea";
            if (numbers.Contains(value)) return ":number::text";
            return ids.ExpressionOf(value);
        });

        var head = $"""
            {ids.Head}
            \set number 10000000000000000 + :round * 1000000000000 + :base
            \set r1 random(100000000000000000, 999999999999999999)
            \set r2 random(100000000000000000, 999999999999999999)
            """;
        return writer.Write(head, statements, MadeIds.None, ("hash", "\\x"), ("tail", new string('7', 28)));
    }

    /// <summary>The script for one more round: its ids come after all that are there, and its numbers are new.</summary>
    public static PgbenchScript InRound(this PgbenchScript script, int round)
    {
        var now = $"{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds():x12}";
        return script with
        {
            Variables = new Dictionary<string, string>(script.Variables) { ["made"] = $"{now[..8]}-{now[8..]}-7000-8000-", ["round"] = $"{round}" },
        };
    }

    /// <summary>The values that the INSERTs put into the column.</summary>
    private static HashSet<string> Column(IEnumerable<LoggedStatement> statements, string column)
    {
        var values = new HashSet<string>();
        foreach (var statement in statements)
        {
            if (Insert().Match(statement.Sql) is not { Success: true } insert) continue;
            var at = insert.Groups[1].Value.Split(',').Select(c => c.Trim().Trim('"')).ToList().IndexOf(column);
            if (at >= 0 && statement.Parameters[at] is { } value) values.Add(value);
        }

        return values;
    }

    [GeneratedRegex("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^INSERT INTO [^(]+\(([^)]*)\)\s*VALUES", RegexOptions.IgnoreCase)]
    private static partial Regex Insert();
}
