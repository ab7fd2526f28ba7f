using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Crm.Build.Bench;

/// <summary>
/// Turns the statements of one request into a pgbench script: one pipelined batch of the same texts in the same order, with the same values,
/// except for those that must be new each time or are chosen at random, which the client makes.
/// </summary>
/// <param name="fresh">The expression that stands for a value, instead of the value that was captured; null to keep it.</param>
internal sealed partial class ScriptWriter(Func<LoggedStatement, int, string?> fresh)
{
    private readonly Dictionary<string, string> kept = [];

    /// <param name="head">Meta commands that set the variables the expressions name.</param>
    /// <param name="statements">The request's statements in order.</param>
    /// <param name="given">Variables the expressions name and pgbench gets from outside.</param>
    public PgbenchScript Write(string head, IReadOnlyList<LoggedStatement> statements, params (string Name, string Value)[] given)
    {
        var text = new StringBuilder(head).Append("\n\\startpipeline\n");
        foreach (var statement in statements.Where(s => !s.IsHousekeeping))
            text.Append(Placeholder().Replace(statement.Sql, p => Expression(statement, Number(p) - 1))).Append(";\n");
        var variables = kept.Select(k => (Name: k.Value, Value: k.Key)).Concat(given).ToDictionary(v => v.Name, v => v.Value);
        return new PgbenchScript(text.Append("\\endpipeline\n").ToString(), variables);
    }

    private string Expression(LoggedStatement statement, int at)
    {
        if (fresh(statement, at) is { } made) return made;

        // A NULL or an empty text cannot be given to pgbench as a variable; in the text they cost no less.
        var value = statement.Parameters[at];
        if (value is null) return "NULL";
        if (value.Length == 0) return "''";
        if (!kept.TryGetValue(value, out var name)) kept[value] = name = $"p{kept.Count}";
        return $":{name}";
    }

    private static int Number(Match placeholder) => int.Parse(placeholder.Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\$(\d+)")]
    private static partial Regex Placeholder();
}
