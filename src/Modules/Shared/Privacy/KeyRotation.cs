using Npgsql;
using NpgsqlTypes;

namespace Crm.Shared.Privacy;

/// <summary>A column whose values are sealed by the key ring: the first byte is the data key's version.</summary>
/// <param name="Table">The table, with its schema.</param>
/// <param name="Column">The column.</param>
/// <param name="Place">SQL over the row: the place its value is sealed to.</param>
public sealed record SealedColumn(string Table, string Column, string Place);

/// <summary>A column of blind indexes: the first byte is the index key's version.</summary>
/// <param name="Table">The table, with its schema.</param>
/// <param name="Column">The column.</param>
/// <param name="Sealed">The column that holds the value itself, sealed; null where it is not kept, and the index ends with its key.</param>
/// <param name="Place">SQL over the row: the place the value is sealed to.</param>
[NotPersonal("the name of a column", "Sealed")]
public sealed record BlindIndexColumn(string Table, string Column, string? Sealed, string? Place)
{
    /// <summary>No two rows have one value: then two versions must never stand beside each other.</summary>
    public bool IsUnique { get; init; }
}

/// <summary>
/// ORG-12: changes the keys that values stand under, as the owner, row by row in small transactions, while hosts serve. Goes through the pages
/// of a table; a row that somebody changes meanwhile is met in the next round. Ended anywhere, it goes on when it is run again.
/// </summary>
/// <param name="connection">As the owner.</param>
/// <param name="keys">The keys.</param>
/// <param name="pause">Rest after each transaction.</param>
/// <param name="tell">Progress, for whoever watches.</param>
public sealed class KeyRotation(NpgsqlConnection connection, KeyRing keys, TimeSpan pause, Action<string> tell)
{
    private const int Pages = 64;

    /// <summary>The beginning of the names of constraints that refuse values under keys that are no longer in use.</summary>
    private const string InUse = "key_in_use_";

    /// <summary>True for a constraint that refuses values under keys that are no longer in use.</summary>
    public static bool IsKeyInUse(string constraint) => constraint.StartsWith(InUse, StringComparison.Ordinal);

    /// <summary>How many values stand under each version.</summary>
    public async Task<IReadOnlyDictionary<int, long>> CountAsync(string table, string column, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"SELECT get_byte({column}, 0), count(*) FROM {table} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var counts = new SortedDictionary<int, long>();
        while (await reader.ReadAsync(ct)) counts.Add(reader.GetInt32(0), reader.GetInt64(1));
        return counts;
    }

    /// <summary>Seals every value of a column with the data key in use.</summary>
    public Task<long> ResealAsync(SealedColumn column, CancellationToken ct)
    {
        var version = keys.DataKeys.InUse;
        return RenewAsync(column.Table, column.Column, column.Column, column.Place, version, (value, place) => keys.Seal(keys.Unseal(value, place), place), ct);
    }

    /// <summary>
    /// Indexes every value of a column with the newest index key. Where values are unique, in one transaction that lets readers on and keeps
    /// writers waiting, and with a constraint that lets no older version in again: at every moment all rows are under one key.
    /// </summary>
    public async Task<long> ReindexAsync(BlindIndexColumn column, CancellationToken ct)
    {
        if (column.Sealed is null) return 0;
        var version = keys.IndexKeys.Versions[^1];
        byte[] Renew(byte[] value, string place) => keys.Indexes(keys.Unseal(value, place)).Single(index => KeyRing.VersionOf(index) == version);
        if (!column.IsUnique) return await RenewAsync(column.Table, column.Column, column.Sealed, column.Place!, version, Renew, ct);

        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync($"LOCK TABLE {column.Table} IN SHARE ROW EXCLUSIVE MODE", ct);
        var renewed = await RenewAsync(column.Table, column.Column, column.Sealed, column.Place!, version, Renew, ct);
        await ExecuteAsync(Refuse(column.Table, column.Column, version), ct);
        await transaction.CommitAsync(ct);
        return renewed;
    }

    /// <summary>From now on the schema may hold indexes under this key; searches look out for it.</summary>
    public Task AnnounceAsync(string schema, int version, CancellationToken ct) => ExecuteAsync($"INSERT INTO {schema}.index_keys (version) VALUES ({version}) ON CONFLICT DO NOTHING", ct);

    /// <summary>Lets no value under an older key than this into the column any more.</summary>
    /// <returns>How many older ones there are: with any, nothing is changed.</returns>
    public async Task<long> CloseAsync(string table, string column, int oldest, CancellationToken ct)
    {
        if (await OlderAsync() is var before and > 0) return before;
        await ExecuteAsync(Refuse(table, column, oldest), ct);
        // What somebody wrote between the look and the constraint: the constraint goes again, and the values are renewed by another run.
        if (await OlderAsync() is var since and > 0)
        {
            await ExecuteAsync($"ALTER TABLE {table} DROP CONSTRAINT {InUse}{column}", ct);
            return since;
        }

        return 0;

        async Task<long> OlderAsync() => (await CountAsync(table, column, ct)).Where(c => c.Key < oldest).Sum(c => c.Value);
    }

    /// <summary>Forgets values that cannot be renewed and whose key is going.</summary>
    public Task ForgetAsync(BlindIndexColumn column, int oldest, CancellationToken ct) => ExecuteAsync($"UPDATE {column.Table} SET {column.Column} = NULL WHERE get_byte({column.Column}, 0) < {oldest}", ct);

    private static string Refuse(string table, string column, int oldest) => $"""
        ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {InUse}{column},
        ADD CONSTRAINT {InUse}{column} CHECK ({column} IS NULL OR get_byte({column}, 0) >= {oldest}) NOT VALID
        """;

    private async Task<long> RenewAsync(string table, string column, string source, string place, int version, Func<byte[], string, byte[]> renew, CancellationToken ct)
    {
        for (var renewed = 0L; ;)
        {
            var (pages, before) = (await PagesAsync(table, ct), renewed);
            for (var page = 0L; page < pages; page += Pages)
            {
                var done = await RenewPagesAsync(table, column, source, place, version, page, renew, ct);
                if (done == 0) continue;
                renewed += done;
                tell($"{table}.{column} {renewed:N0}");
                if (pause > TimeSpan.Zero) await Task.Delay(pause, ct);
            }

            if (renewed == before && (await CountAsync(table, column, ct)).Keys.All(v => v >= version)) return renewed;
        }
    }

    private async Task<int> RenewPagesAsync(string table, string column, string source, string place, int version, long page, Func<byte[], string, byte[]> renew, CancellationToken ct)
    {
        var (at, old, fresh) = (new List<string>(), new List<byte[]>(), new List<byte[]>());
        await using (var command = new NpgsqlCommand($"""
            SELECT ctid::text, {column}, {source}, {place} FROM {table}
            WHERE ctid >= '({page},0)'::tid AND ctid < '({page + Pages},0)'::tid AND {column} IS NOT NULL AND get_byte({column}, 0) < {version}
            """, connection))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                at.Add(reader.GetString(0));
                old.Add(reader.GetFieldValue<byte[]>(1));
                fresh.Add(renew(reader.GetFieldValue<byte[]>(2), reader.GetString(3)));
            }
        }

        if (at.Count == 0) return 0;
        // The old value too: the row at this place may be another one by now.
        await using var update = new NpgsqlCommand($"""
            UPDATE {table} t SET {column} = d.fresh FROM (SELECT unnest($1)::tid AS at, unnest($2) AS old, unnest($3) AS fresh) d WHERE t.ctid = d.at AND t.{column} = d.old
            """, connection)
        {
            Parameters =
            {
                new() { Value = at.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }, new() { Value = old.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                new() { Value = fresh.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            },
        };
        try
        {
            return await update.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            // Somebody took the same rows in another order: they are met in the next round.
            return 0;
        }
    }

    private async Task<long> PagesAsync(string table, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"SELECT pg_relation_size('{table}') / current_setting('block_size')::bigint", connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
