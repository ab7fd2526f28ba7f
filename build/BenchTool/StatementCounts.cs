using System.Text.RegularExpressions;

namespace Crm.Build.Bench;

/// <summary>What was done, as pg_stat_statements counted it.</summary>
/// <param name="What">Verb and table: what two texts of one statement have in common.</param>
/// <param name="Calls">How often.</param>
/// <param name="Rows">Rows returned or changed, of all calls.</param>
/// <param name="Milliseconds">Time in the executor, of all calls.</param>
/// <param name="Buffers">Shared buffers hit or read, of all calls.</param>
internal sealed record StatementCount(string What, long Calls, long Rows, double Milliseconds, long Buffers);

/// <summary>Statements of one role, counted by the server.</summary>
internal static partial class StatementCounts
{
    /// <summary>Begins to count anew.</summary>
    public static Task ResetAsync(BenchDatabase database, CancellationToken ct) => database.ExecuteAsync("SELECT pg_stat_statements_reset()", ct);

    /// <summary>What roles beginning with <paramref name="role"/> have had executed in this database since the last reset.</summary>
    /// <param name="database">The database.</param>
    /// <param name="role">The beginning of the roles' names.</param>
    /// <param name="without">Texts that are not to count: what is asked all the time by itself.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<IReadOnlyList<StatementCount>> ReadAsync(
        BenchDatabase database, string role, IReadOnlySet<string> without, CancellationToken ct)
    {
        var rows = await database.RowsAsync(
            $"""
             SELECT s.query, s.calls, s.rows, s.total_exec_time, s.shared_blks_hit + s.shared_blks_read
             FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid JOIN pg_database d ON d.oid = s.dbid
             WHERE r.rolname LIKE '{role}%' AND d.datname = current_database() AND s.query NOT LIKE '%pg_stat_statements%'
             """,
            ct);
        return
        [
            .. rows.Where(row => !without.Contains(Normal((string)row[0]!)))
                .GroupBy(row => What((string)row[0]!))
                .Select(g => new StatementCount(
                    g.Key, g.Sum(r => (long)r[1]!), g.Sum(r => (long)r[2]!), g.Sum(r => (double)r[3]!), g.Sum(r => Convert.ToInt64(r[4]))))
                .OrderBy(s => s.What, StringComparer.Ordinal),
        ];
    }

    /// <summary>A text without what pg_stat_statements and log write differently: constants, parameters, spaces.</summary>
    public static string Normal(string sql) => Spaces().Replace(Constant().Replace(sql, "?"), " ").Trim().TrimEnd(';');

    /// <summary>Verb and table of a statement, or the function it calls.</summary>
    public static string What(string sql)
    {
        if (Regex.Match(sql, @"^\s*(BEGIN|COMMIT|ROLLBACK)", RegexOptions.IgnoreCase) is { Success: true } frame)
            return frame.Groups[1].Value.ToUpperInvariant();
        if (Regex.Match(sql, @"(INSERT INTO|UPDATE|DELETE FROM)\s+(?!OF\b)([\w.""]+)", RegexOptions.IgnoreCase) is { Success: true } change)
            return $"{change.Groups[1].Value.ToUpperInvariant()} {change.Groups[2].Value}";
        var tables = Regex.Matches(sql, @"\b(?:FROM|JOIN)\s+([a-z_]+\.[\w""]+)", RegexOptions.IgnoreCase).Select(m => m.Groups[1].Value).Distinct();
        if (string.Join(", ", tables) is { Length: > 0 } from) return $"SELECT {from}";
        return Regex.Match(sql, @"SELECT\s+(\w+)\(", RegexOptions.IgnoreCase) is { Success: true } call
            ? $"SELECT {call.Groups[1].Value}()"
            : Normal(sql);
    }

    [GeneratedRegex(@"\$\d+|'(?:[^']|'')*'|\b\d+\b")]
    private static partial Regex Constant();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
