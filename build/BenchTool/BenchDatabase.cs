using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Crm.Build.Hosting;
using Npgsql;

namespace Crm.Build.Bench;

/// <summary>One part's database, as its superuser sees it.</summary>
internal sealed class BenchDatabase(string name, string connectionString) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10), Look = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Everything =
    [
        "organization.read", "complaints.read", "complaints.register", "complaints.handle", "complaints.see-phones", "followUps.read",
        "followUps.record", "customers.read",
    ];

    /// <summary>The schemas of what is posted.</summary>
    private static readonly string[] Writing = ["complaints", "organization"];

    private readonly NpgsqlDataSource source = new NpgsqlDataSourceBuilder(
        new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0, ApplicationName = "bench" }.ConnectionString).Build();

    public string Name => name;

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct) => source.OpenConnectionAsync(ct);

    public async Task<int> ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync(ct);
    }

    public async Task<T> ScalarAsync<T>(string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Asks until the answer is true.</summary>
    /// <param name="question">SQL that answers with a boolean.</param>
    /// <param name="otherwise">What to say when it never is.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="TimeoutException">It is not within ten minutes.</exception>
    public async Task UntilAsync(string question, string otherwise, CancellationToken ct)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; await Task.Delay(Look, ct))
            if (await ScalarAsync<bool>(question, ct)) return;
        throw new TimeoutException($"{otherwise} within {Patience.TotalMinutes:0} minutes.");
    }

    /// <summary>Every row, each as its columns.</summary>
    public async Task<List<object?[]>> RowsAsync(string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<object?[]>();
        while (await reader.ReadAsync(ct))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(c => reader.IsDBNull(c) ? null : reader.GetValue(c))]);
        return rows;
    }

    /// <summary>
    /// Lets the host stand still while somebody else writes what a host would. Before it goes on, what it would stumble over is gone: entries of
    /// the audit that no host has marked, and deliveries that would be its work in its own next round.
    /// </summary>
    public Task<T> InsteadOfAsync<T>(HostProcess host, Func<Task<T>> write, CancellationToken ct) => host.StandStillAsync(async () =>
    {
        var began = await ScalarAsync<DateTime>("SELECT clock_timestamp()", ct);
        var result = await write();
        foreach (var schema in Writing)
        {
            await ExecuteAsync($"DELETE FROM {schema}.audit_entries WHERE recorded_at >= '{began:O}'", ct);
            await ExecuteAsync($"DELETE FROM {schema}.outbox_deliveries d USING {schema}.outbox_events e WHERE e.id = d.event_id AND e.recorded_at >= '{began:O}'", ct);
        }

        return result;
    });

    /// <summary>A machine's key, written straight into the database: making one over HTTP needs a person, whom a bench has not.</summary>
    /// <param name="project">The project it works in; null for every project.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="without">A permission it does not have; null when it has all.</param>
    /// <returns>What is sent as X-Api-Key.</returns>
    public async Task<string> GrantKeyAsync(string? project, CancellationToken ct, string? without = null)
    {
        var text = "crm_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(38));
        await using var command = source.CreateCommand("""
            WITH changed AS (UPDATE organization.directory_version SET version = version + 1)
            INSERT INTO organization.api_keys (id, name, project, permissions, prefix, hash, created_at, version, event_sequence)
            VALUES (gen_random_uuid(), 'bench', $1, $2, $3, $4, now(), 1, 0)
            """);
        command.Parameters.Add(new() { Value = (object?)project ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Everything.Where(p => p != without).ToArray() });
        command.Parameters.Add(new() { Value = text[..12] });
        command.Parameters.Add(new() { Value = SHA256.HashData(Encoding.UTF8.GetBytes(text)) });
        await command.ExecuteNonQueryAsync(ct);
        return text;
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
