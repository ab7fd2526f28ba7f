using Npgsql;
using NpgsqlTypes;

namespace Crm.Shared.Privacy;

/// <summary>A table whose personal texts an earlier version has kept open, in columns that its migration has set aside as <c>open_…</c>.</summary>
/// <param name="Table">The table, with its schema.</param>
/// <param name="Key">Its primary key.</param>
/// <param name="Record">The column that names the record.</param>
/// <param name="Texts">Each column, and the member it is sealed to.</param>
public sealed record OpenTexts(string Table, string Key, string Record, params (string Column, string Member)[] Texts);

/// <summary>
/// ORG-12: seals what an earlier version has kept open, as the owner, after the migration and before the hosts: no SQL has the keys. Goes on
/// where it was ended; when nothing is open any more, the columns are dropped, and from then on it finds nothing to do.
/// </summary>
/// <param name="Schema">The module.</param>
/// <param name="Marker">A column that is there until all is sealed.</param>
/// <param name="MakeKeys">Gives a key to up to <see cref="Piece"/> records that lack one; how many it were.</param>
/// <param name="ReadKeys">Asks for record and sealed key, of the records in <c>$1</c>.</param>
/// <param name="Drop">Columns beside the texts that are dropped in the end: table and column.</param>
/// <param name="Tables">Where the texts are.</param>
public sealed record EarlierTexts(
    string Schema, (string Table, string Column) Marker, Func<NpgsqlConnection, KeyRing, CancellationToken, Task<int>> MakeKeys, string ReadKeys,
    (string Table, string Column)[] Drop, params OpenTexts[] Tables)
{
    /// <summary>Rows of one transaction.</summary>
    public const int Piece = 500;

    /// <summary>Seals what is open.</summary>
    public async Task SealAsync(string owner, KeyRing keys, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(owner) { CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(ct);
        if (!await ExistsAsync(connection, ct)) return;
        while (await MakeKeys(connection, keys, ct) > 0)
        {
        }

        foreach (var table in Tables)
        {
            while (await SealPieceAsync(connection, keys, table, ct) > 0)
            {
            }
        }

        // The marker goes last: until then a run that was ended begins again.
        foreach (var (table, column) in Tables.SelectMany(t => t.Texts.Select(x => (t.Table, $"open_{x.Column}"))).Concat(Drop).Where(c => c != Marker).Append(Marker))
            await ExecuteAsync(connection, $"ALTER TABLE {table} DROP COLUMN IF EXISTS {column}", ct);
    }

    private async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2 AND NOT attisdropped)", connection)
        {
            Parameters = { new() { Value = Marker.Table }, new() { Value = Marker.Column } },
        };
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task<int> SealPieceAsync(NpgsqlConnection connection, KeyRing keys, OpenTexts table, CancellationToken ct)
    {
        var rows = new List<(Guid Row, Guid Record, string?[] Texts)>();
        await using (var command = new NpgsqlCommand($"""
            SELECT {table.Key}, {table.Record}, {string.Join(", ", table.Texts.Select(t => $"open_{t.Column}"))} FROM {table.Table}
            WHERE num_nonnulls({string.Join(", ", table.Texts.Select(t => $"open_{t.Column}"))}) > 0 LIMIT {Piece}
            """, connection))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
                rows.Add((reader.GetGuid(0), reader.GetGuid(1), [.. table.Texts.Select((_, i) => reader.IsDBNull(i + 2) ? null : reader.GetString(i + 2))]));
        }

        if (rows.Count == 0) return 0;
        var sealedKeys = await ReadKeysAsync(connection, [.. rows.Select(r => r.Record).Distinct()], ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var (row, record, texts) in rows)
        {
            var key = keys.OpenRecord(sealedKeys[record], Schema, record);
            var update = new NpgsqlBatchCommand($"UPDATE {table.Table} SET {string.Join(", ", table.Texts.Select((t, i) => $"{t.Column} = ${i + 2}, open_{t.Column} = NULL"))} WHERE {table.Key} = $1");
            update.Parameters.Add(new() { Value = row });
            foreach (var (text, (_, member)) in texts.Zip(table.Texts))
                update.Parameters.Add(new() { Value = text is null ? DBNull.Value : key.Seal(text, row, member), NpgsqlDbType = NpgsqlDbType.Bytea });
            batch.BatchCommands.Add(update);
        }

        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return rows.Count;
    }

    private async Task<Dictionary<Guid, byte[]>> ReadKeysAsync(NpgsqlConnection connection, Guid[] records, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(ReadKeys, connection) { Parameters = { new() { Value = records } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new Dictionary<Guid, byte[]>();
        while (await reader.ReadAsync(ct)) found.Add(reader.GetGuid(0), reader.GetFieldValue<byte[]>(1));
        return found;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
