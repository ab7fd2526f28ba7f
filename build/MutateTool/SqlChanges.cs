using System.Text.RegularExpressions;

namespace Crm.Build.Mutate;

/// <summary>What can be changed in SQL that stands in C#: conditions left out or turned round, locks, orders and limits left out.</summary>
internal static partial class SqlChanges
{
    private static readonly Dictionary<string, string> Comparisons = new() { ["<="] = "<", ["<"] = "<=", [">="] = ">", [">"] = ">=", ["="] = "<>" };

    /// <summary>Whether the text of a C# literal is SQL, or a part of it.</summary>
    public static bool IsSql(string literal) => Sql().IsMatch(literal);

    /// <summary>The changes of the literal; each is the whole literal again.</summary>
    public static IEnumerable<CodeChange> Of(string literal) =>
        Conditions(literal).Concat(Compared(literal)).Concat(Assignments(literal)).Concat(Clauses(literal));

    /// <summary>Each condition that stands between AND, OR, WHERE, ON and their ends counts no more.</summary>
    private static IEnumerable<CodeChange> Conditions(string sql)
    {
        foreach (Match start in ConditionStart().Matches(sql))
        {
            var from = start.Index + start.Length;
            var to = EndOf(sql, from);
            var term = sql[from..to].Trim();
            if (term.Length == 0 || start.Value[0] == '(' && !IsFollowedByOr(sql, to)) continue;
            var neutral = start.Value == "OR" || IsFollowedByOr(sql, to) ? " false " : " true ";
            yield return At(sql, from, to, neutral, $"SQL without `{CodeChange.Short(term)}`");
        }
    }

    private static IEnumerable<CodeChange> Compared(string sql) =>
        from Match sign in Comparison().Matches(sql)
        where IsInCondition(sql, sign.Index)
        select At(sql, sign.Index, sign.Index + sign.Length, Comparisons[sign.Value], $"SQL `{Around(sql, sign)}`: {sign.Value} → {Comparisons[sign.Value]}");

    /// <summary>Each column that SET names keeps what it had.</summary>
    private static IEnumerable<CodeChange> Assignments(string sql)
    {
        var set = SetClause().Match(sql);
        var from = set.Success ? set.Index + set.Length : sql.IndexOf('"') + 1;
        if (!set.Success && StatementStart().IsMatch(sql)) yield break;
        while (from < sql.Length)
        {
            var to = from;
            for (var depth = 0; to < sql.Length && !(depth == 0 && (sql[to] is ',' or '"' || ClauseEnd().IsMatch(sql, to))); to++)
                depth += sql[to] switch { '(' => 1, ')' => -1, _ => 0 };
            var column = sql[from..to].Trim();
            var name = column.Split(' ')[0];
            if (column.Contains('=')) yield return At(sql, from, to, $" {name} = {name} ", $"SQL without `{CodeChange.Short(column)}`");
            if (to >= sql.Length || sql[to] != ',') yield break;
            from = to + 1;
        }
    }

    private static IEnumerable<CodeChange> Clauses(string sql) =>
        from change in (IEnumerable<(Regex Clause, Func<Match, string> Instead)>)
        [
            (SkipLocked(), _ => ""), (ForUpdate(), _ => ""), (OrderBy(), _ => " "), (Limit(), _ => " "), (OnConflict(), _ => ""), (Filter(), _ => ""),
            (NotExists(), _ => "EXISTS"), (IsNull(), _ => "IS NOT NULL"), (IsNotNull(), _ => "IS NULL"), (AdvisoryLock(), _ => "true"),
            (Sum(), _ => " - "), (WhenParameter(), m => $"WHEN NOT {m.Groups[1].Value}"), (Number(), m => $"{m.Value} + 1"),
        ]
        from Match found in change.Clause.Matches(sql)
        let instead = change.Instead(found)
        select At(sql, found.Index, found.Index + found.Length, instead,
            instead.Trim().Length == 0 ? $"SQL without `{CodeChange.Short(found.Value)}`" : $"SQL `{Around(sql, found)}`: {found.Value.Trim()} → {instead.Trim()}");

    /// <summary>Line breaks at both ends stay, for raw literals begin and end on lines of their own.</summary>
    private static CodeChange At(string sql, int from, int to, string instead, string what)
    {
        while (char.IsWhiteSpace(sql[from]) && from < to) from++;
        while (char.IsWhiteSpace(sql[to - 1]) && from < to) to--;
        var changed = sql[..from] + instead + sql[to..];
        return new CodeChange(what, (isOn, code) => $"({isOn} ? {changed} : {code})", LinesBelow: sql[..from].Count(c => c == '\n'));
    }

    /// <summary>The end of a condition: the next keyword outside its own parentheses, or the parenthesis that closes around it.</summary>
    private static int EndOf(string sql, int from)
    {
        var depth = 0;
        for (var at = from; at < sql.Length; at++)
        {
            if (depth == 0 && (sql[at] is ')' or '"' || ConditionEnd().IsMatch(sql, at))) return at;
            depth += sql[at] switch { '(' => 1, ')' => -1, _ => 0 };
        }

        return sql.Length;
    }

    private static bool IsFollowedByOr(string sql, int at) => sql[at..].TrimStart().StartsWith("OR ", StringComparison.Ordinal);

    /// <summary>An equals sign in SET or in a C# hole compares nothing.</summary>
    private static bool IsInCondition(string sql, int at) => LastKeyword().Match(sql, at).Value is "WHERE" or "AND" or "OR" or "ON" or "EXISTS";

    /// <summary>What stands on the same line before and after it.</summary>
    private static string Around(string sql, Match found)
    {
        var (from, to) = (Math.Max(0, found.Index - 24), Math.Min(sql.Length, found.Index + found.Length + 20));
        return sql[from..found.Index].Split('\n')[^1] + found.Value + sql[(found.Index + found.Length)..to].Split('\n')[0];
    }

    [GeneratedRegex(@"\b(SELECT|UPDATE|INSERT INTO|DELETE FROM|clock_timestamp)\b")]
    private static partial Regex Sql();

    [GeneratedRegex(@"\b(SELECT|INSERT INTO|DELETE FROM)\b")]
    private static partial Regex StatementStart();

    [GeneratedRegex(@"\b(WHERE|AND|OR|ON)\b(?! CONFLICT)|\((?=[\w.]+ (<=|<|=|IS)|\$\d)")]
    private static partial Regex ConditionStart();

    [GeneratedRegex(@"\G\s*\b(AND|OR|WHERE|ORDER|LIMIT|GROUP|FOR|RETURNING|CROSS|JOIN|FROM|SET)\b")]
    private static partial Regex ConditionEnd();

    [GeneratedRegex(@"(?<=\s)(<=|>=|<|>|=)(?=\s)")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"\b(WHERE|AND|OR|ON|EXISTS|SET|SELECT|FROM)\b", RegexOptions.RightToLeft)]
    private static partial Regex LastKeyword();

    [GeneratedRegex(@"\bSET\b")]
    private static partial Regex SetClause();

    [GeneratedRegex(@"\G\s*\b(WHERE|FROM|RETURNING)\b")]
    private static partial Regex ClauseEnd();

    [GeneratedRegex(@" SKIP LOCKED\b")]
    private static partial Regex SkipLocked();

    [GeneratedRegex(@"\bFOR UPDATE( OF \w+)?( SKIP LOCKED)?")]
    private static partial Regex ForUpdate();

    [GeneratedRegex(@"\bORDER BY [\w., ]+?(?= LIMIT|\s*\n|""|$)")]
    private static partial Regex OrderBy();

    [GeneratedRegex(@"\bLIMIT (\$\d|\d+)")]
    private static partial Regex Limit();

    [GeneratedRegex(@"\bON CONFLICT \(\w+\) DO NOTHING")]
    private static partial Regex OnConflict();

    [GeneratedRegex(@" FILTER \(WHERE [^)]*\)")]
    private static partial Regex Filter();

    [GeneratedRegex(@"\bNOT EXISTS\b")]
    private static partial Regex NotExists();

    [GeneratedRegex(@"\bIS NULL\b")]
    private static partial Regex IsNull();

    [GeneratedRegex(@"\bIS NOT NULL\b")]
    private static partial Regex IsNotNull();

    [GeneratedRegex(@"pg_try_advisory_xact_lock\(\$\d\)")]
    private static partial Regex AdvisoryLock();

    [GeneratedRegex(@" \+ ")]
    private static partial Regex Sum();

    [GeneratedRegex(@"\bWHEN (\$\d)")]
    private static partial Regex WhenParameter();

    [GeneratedRegex(@"(?<![\w$.)])\d+(\.\d+)?(?=[ ,)""])(?! FROM)")]
    private static partial Regex Number();
}
