using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Crm.ApiTests.Infrastructure;

/// <summary>Everything a run has left behind: each row of each table of each database, every log line, the server's own log, and what hosts have told collectors of traces and metrics.</summary>
public sealed class Evidence
{
    private readonly List<(string Where, string Line)> lines = [];

    /// <summary>How many tables were read.</summary>
    public int Tables { get; private set; }

    /// <summary>How many lines there are.</summary>
    public int Count => lines.Count;

    /// <summary>Gathers it all.</summary>
    public static async Task<Evidence> GatherAsync(TestServer server)
    {
        var evidence = new Evidence();
        string[] databases;
        lock (server.Databases) databases = [.. server.Databases];
        foreach (var database in databases) await evidence.DumpAsync(server.Postgres.SuperuserConnectionString(database), database);
        foreach (var line in CapturedLogs.Instance.Lines) evidence.lines.Add(("a host's log", line));
        foreach (var (path, body) in Collector.Received) evidence.lines.Add(($"a collector at {path}", body));
        if (server.Postgres.Cluster is { } cluster)
            foreach (var line in await File.ReadAllLinesAsync(cluster.LogFile)) evidence.lines.Add(("the server's log", line));
        return evidence;
    }

    /// <summary>Where a text is found.</summary>
    public IReadOnlyList<string> Find(string text) => [.. lines.Where(l => l.Line.Contains(text, StringComparison.Ordinal)).Select(l => l.Where).Distinct()];

    /// <summary>Where a Chinese mobile number, or the number of an identity card, is found in any shape: with or without country code, spaces, dashes or full-width digits, as bytes, or as a hash anybody can compute.</summary>
    public IReadOnlyList<string> FindNumber(string national)
    {
        string[] traces =
        [
            national, .. new[] { national, "+86" + national }.SelectMany(p => new[] { Hex(Encoding.UTF8.GetBytes(p)), Hex(SHA256.HashData(Encoding.UTF8.GetBytes(p))), Convert.ToBase64String(Encoding.UTF8.GetBytes(p)).TrimEnd('=')[..^1] }),
        ];
        return [.. lines.Where(l => traces.Any(t => l.Line.Contains(t, StringComparison.Ordinal)) || Plain(l.Line).Contains(national, StringComparison.Ordinal)).Select(l => $"{l.Where}: {l.Line}")];
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>The line as it would be read aloud: digits in one shape, nothing between them.</summary>
    private static string Plain(string line)
    {
        var plain = new StringBuilder(line.Length);
        foreach (var c in line)
        {
            if (c is >= '０' and <= '９') plain.Append((char)(c - '０' + '0'));
            else if (!(c is ' ' or '-' or '.' or '(' or ')' or '\u00a0' or '\u2013')) plain.Append(c);
        }

        return plain.ToString();
    }

    private async Task DumpAsync(string connectionString, string database)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        foreach (var table in await TablesAsync(connection))
        {
            using var rows = await connection.BeginTextExportAsync($"COPY {table} TO STDOUT");
            while (await rows.ReadLineAsync() is { } row) lines.Add(($"{database}.{table}", row));
            Tables++;
        }
    }

    private static async Task<IReadOnlyList<string>> TablesAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<string>();
        while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        return tables;
    }
}
