using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Crm.Build.Bench;

/// <summary>A statement as the server executed it.</summary>
/// <param name="Backend">The server process: one connection.</param>
/// <param name="Application">The connection's application name.</param>
/// <param name="Sql">Its text, parameters as <c>$1</c>.</param>
/// <param name="Parameters">Their values as text; null for NULL.</param>
internal sealed record LoggedStatement(int Backend, string Application, string Sql, IReadOnlyList<string?> Parameters)
{
    /// <summary>BEGIN, COMMIT or ROLLBACK.</summary>
    public bool IsFrame => Regex.IsMatch(Sql, @"^(BEGIN|COMMIT|ROLLBACK)\b");

    /// <summary>What libraries add around the work: savepoints, and a session made as new when its connection changes hands.</summary>
    public bool IsHousekeeping => Housekeeping(Sql);

    /// <inheritdoc cref="IsHousekeeping"/>
    public static bool Housekeeping(string sql) => Regex.IsMatch(
        sql, @"^(SAVEPOINT|RELEASE|SET SESSION AUTHORIZATION|RESET ALL|CLOSE ALL|UNLISTEN|DISCARD|SELECT pg_advisory_unlock_all\(\))");
}

/// <summary>What hosts ask of the database, in order and with the values: from the server's own log, switched on for a moment.</summary>
internal sealed partial class StatementLog(string file, BenchDatabase database)
{
    /// <summary>The server's log_line_prefix that this reader knows.</summary>
    public const string LinePrefix = "@%p/%a/";

    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(400);

    /// <summary>Within this time a host has done by itself all that it does, but what it does each hour.</summary>
    private static readonly TimeSpan LongestRound = TimeSpan.FromSeconds(35);

    /// <summary>The statements of the modules' roles while something is done.</summary>
    public async Task<IReadOnlyList<LoggedStatement>> CaptureAsync(Func<Task> act, CancellationToken ct)
    {
        var from = new FileInfo(file).Length;
        await SwitchAsync("all", ct);
        try
        {
            await act();
            await Task.Delay(Settled, ct);
        }
        finally
        {
            await SwitchAsync("none", CancellationToken.None);
        }

        return [.. Read(from).Where(s => s.Application.StartsWith("crm-", StringComparison.Ordinal))];
    }

    /// <summary>The statements that one request caused: those of its connections that are not seen while nobody asks for anything.</summary>
    /// <param name="quiet">The texts seen then, see <see cref="QuietAsync"/>.</param>
    /// <param name="act">Sends the request.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<IReadOnlyList<LoggedStatement>> OfRequestAsync(IReadOnlySet<string> quiet, Func<Task> act, CancellationToken ct)
    {
        var all = await CaptureAsync(act, ct);
        var its = all.Where(s => !s.IsFrame && !s.IsHousekeeping && !quiet.Contains(StatementCounts.Normal(s.Sql))).Select(s => s.Backend).ToHashSet();
        return WithoutEmptyFrames([.. all.Where(s => its.Contains(s.Backend) && (s.IsFrame || s.IsHousekeeping || !quiet.Contains(StatementCounts.Normal(s.Sql))))]);
    }

    /// <summary>A connection may have served the background work, too: of its transactions, nothing is left but the frame.</summary>
    private static IReadOnlyList<LoggedStatement> WithoutEmptyFrames(List<LoggedStatement> statements)
    {
        var (open, filled, empty) = (new Dictionary<int, LoggedStatement>(), new HashSet<int>(), new HashSet<LoggedStatement>(ReferenceEqualityComparer.Instance));
        foreach (var statement in statements.Where(s => !s.IsHousekeeping))
        {
            if (!statement.IsFrame) filled.Add(statement.Backend);
            else if (statement.Sql.StartsWith("BEGIN", StringComparison.Ordinal))
            {
                open[statement.Backend] = statement;
                filled.Remove(statement.Backend);
            }
            else if (open.Remove(statement.Backend, out var begin) && !filled.Contains(statement.Backend)) empty.UnionWith([begin, statement]);
        }

        empty.UnionWith(open.Values);
        return [.. statements.Where(s => !empty.Contains(s))];
    }

    /// <summary>What hosts ask by themselves, as <see cref="StatementCounts.Normal"/> texts.</summary>
    public async Task<IReadOnlySet<string>> QuietAsync(CancellationToken ct) =>
        (await CaptureAsync(() => Task.Delay(LongestRound, ct), ct)).Where(s => !s.IsFrame).Select(s => StatementCounts.Normal(s.Sql)).ToHashSet();

    /// <summary>Where the log ends now.</summary>
    public long Length => new FileInfo(file).Length;

    /// <summary>How long those statements took, binding included, that begin like this: as far as the server was told to note it.</summary>
    /// <param name="from">Where in the log to begin.</param>
    /// <param name="beginning">The statement's first words.</param>
    /// <returns>Milliseconds, ascending.</returns>
    public double[] Durations(long from, string beginning)
    {
        var (bound, took) = (new Dictionary<string, double>(), new List<double>());
        foreach (var entry in Entries(from))
        {
            if (DurationEntry().Match(entry) is not { Success: true } said || !said.Groups[4].Value.TrimStart().StartsWith(beginning, StringComparison.Ordinal)) continue;
            var (backend, milliseconds) = (said.Groups[1].Value, double.Parse(said.Groups[2].Value, CultureInfo.InvariantCulture));
            if (said.Groups[3].Value == "bind") bound[backend] = milliseconds;
            else took.Add(milliseconds + bound.GetValueOrDefault(backend));
        }

        return [.. took.Order()];
    }

    private async Task SwitchAsync(string statements, CancellationToken ct)
    {
        await database.ExecuteAsync($"ALTER SYSTEM SET log_statement = '{statements}'", ct);
        await database.ExecuteAsync("SELECT pg_reload_conf()", ct);
        await Task.Delay(Settled, ct);
    }

    /// <summary>The log's entries, those of several lines as one text.</summary>
    private List<string> Entries(long from)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(from, SeekOrigin.Begin);
        var entries = new List<StringBuilder>();
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('@')) entries.Add(new StringBuilder(line));
            else if (entries.Count > 0) entries[^1].Append('\n').Append(line.StartsWith('\t') ? line[1..] : line);
        }

        return [.. entries.Select(e => e.ToString())];
    }

    private List<LoggedStatement> Read(long from)
    {
        var statements = new List<LoggedStatement>();
        foreach (var entry in Entries(from))
        {
            if (StatementEntry().Match(entry) is { Success: true } said)
                statements.Add(new LoggedStatement(int.Parse(said.Groups[1].Value), said.Groups[2].Value, said.Groups[3].Value.Trim(), []));
            else if (ParameterEntry().Match(entry) is { Success: true } detail
                && statements.FindLastIndex(s => s.Backend == int.Parse(detail.Groups[1].Value)) is >= 0 and var at)
                statements[at] = statements[at] with { Parameters = [.. Parameter().Matches(detail.Groups[2].Value).Select(Value)] };
        }

        return statements;
    }

    private static string? Value(Match parameter) => parameter.Groups[1].Success ? parameter.Groups[1].Value.Replace("''", "'") : null;

    [GeneratedRegex(@"^@(\d+)/([^/]*)/LOG:  (?:statement|execute [^:]*): (.*)$", RegexOptions.Singleline)]
    private static partial Regex StatementEntry();

    [GeneratedRegex(@"^@(\d+)/[^/]*/LOG:  duration: ([\d.]+) ms  (bind|execute) [^:]*: (.*)$", RegexOptions.Singleline)]
    private static partial Regex DurationEntry();

    [GeneratedRegex(@"^@(\d+)/[^/]*/DETAIL:  [Pp]arameters: (.*)$", RegexOptions.Singleline)]
    private static partial Regex ParameterEntry();

    [GeneratedRegex(@"\$\d+ = (?:NULL|'((?:[^']|'')*)')")]
    private static partial Regex Parameter();
}
