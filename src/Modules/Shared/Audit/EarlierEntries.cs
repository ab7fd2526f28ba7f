using Crm.Shared.Privacy;
using Npgsql;

namespace Crm.Shared.Audit;

/// <summary>
/// Entries that were written before there were marks get theirs when the database is brought up to date, as its owner, and only while the
/// chain has not begun: from the first seal on a row without a mark is one that no host has written.
/// </summary>
public static class EarlierEntries
{
    /// <summary>Rows of one transaction: they stay together in the order in which entries are sealed.</summary>
    private const int Piece = 1_000;

    /// <summary>Marks what has none. Does nothing once there is a seal.</summary>
    public static async Task MarkAsync(string ownerConnection, string schema, KeyRing keys, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(ownerConnection);
        while (await ReadAsync(source, schema, ct) is { Count: > 0 } entries)
        {
            foreach (var entry in entries) entry.Mark(schema, keys);
            await using var update = source.CreateCommand($"""
                UPDATE {schema}.audit_entries e SET form = {CanonicalForm.Newest}, mac = m.mac, xid = pg_current_xact_id()
                FROM unnest($1::uuid[], $2::bytea[]) AS m (id, mac) WHERE e.id = m.id
                """);
            update.Parameters.Add(new() { Value = entries.Select(e => e.Id).ToArray() });
            update.Parameters.Add(new() { Value = entries.Select(e => e.Mac).ToArray() });
            await update.ExecuteNonQueryAsync(ct);
        }
    }

    private static async Task<List<AuditEntry>> ReadAsync(NpgsqlDataSource source, string schema, CancellationToken ct)
    {
        await using var command = source.CreateCommand($"""
            SELECT {AuditRows.Of("e")} FROM {schema}.audit_entries e
            WHERE e.form = 0 AND NOT EXISTS (SELECT FROM {schema}.audit_seals) ORDER BY e.id LIMIT {Piece}
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var entries = new List<AuditEntry>();
        while (await reader.ReadAsync(ct)) entries.Add(AuditEntry.Read(reader, first: 0));
        return entries;
    }
}
