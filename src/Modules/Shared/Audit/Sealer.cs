using Crm.Shared.Privacy;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Shared.Audit;

/// <summary>
/// ORG-10: seals the audit of one module. Every host has one; whoever holds the lock of the schema seals, the others go away at once, and
/// nobody who writes an entry waits for either. What it looks for are entries that no seal lists, among the transactions since the horizon
/// of the last seal: so one that commits late is found like any other, without going by its instant or its identity.
/// </summary>
internal sealed partial class Sealer(string schema, NpgsqlDataSource source, KeyRing keys, AnchorFolder folder, ILogger<Sealer> logger)
{
    /// <summary>One seal covers no more: its transaction stays short.</summary>
    public const int MostEntries = 2_000;

    private readonly string lockName = $"seal {schema}";

    /// <summary>Before it nothing is left to seal, as this host has seen itself; null when it has not looked yet.</summary>
    private ulong? looked;

    /// <summary>The schema it seals.</summary>
    public string Schema => schema;

    /// <summary>What has been done to the audit behind the hosts, as far as this one has noticed by itself; null when nothing.</summary>
    public string? Broken { get; private set; }

    /// <summary>The last seal this host has seen.</summary>
    public AuditSeal? Head { get; private set; }

    /// <summary>Seals what has been written so far, in one seal.</summary>
    /// <returns>How many entries; 0 when there are none, or another host is at it.</returns>
    public async Task<int> SealAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            if (await LookAsync(connection, ct) is not { } look) return 0;
            Compare(look.Last);
            if (look.Entries.Count == 0)
            {
                looked = look.Horizon;
                return 0;
            }

            var seal = await WriteAsync(connection, look, ct);
            await transaction.CommitAsync(CancellationToken.None);
            Head = seal;
            Follow(seal);
            if (look.Entries.Count < MostEntries) looked = look.Horizon;
            return look.Entries.Count;
        }
        catch
        {
            // It may be another server when it is back.
            looked = null;
            throw;
        }
    }

    /// <summary>The lock, the last seal and the entries in one round trip; each statement sees what the last holder of the lock committed.</summary>
    private async Task<Look?> LookAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = connection.CreateBatch();
        // A plan that was kept from when the tables were small must not read them whole: what is looked for is always found by an index.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)), set_config('enable_seqscan', 'off', true)") { Parameters = { new() { Value = lockName } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(AuditRows.LastSeal(schema)));
        // A horizon that lies ahead of this server is another's, from which the database was restored: then everything is looked at, once.
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            WITH here AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS oldest, pg_snapshot_xmax(pg_current_snapshot()) AS next),
                 span AS MATERIALIZED (SELECT oldest, next, greatest(CASE WHEN $1 <= next THEN $1 END,
                     (SELECT CASE WHEN s.horizon <= next THEN s.horizon END FROM {schema}.audit_seals s ORDER BY s.number DESC LIMIT 1)) AS since FROM here)
            SELECT span.oldest, clock_timestamp(), e.xid, {AuditRows.Of("e")}
            FROM span LEFT JOIN LATERAL (
                SELECT * FROM {schema}.audit_entries e
                WHERE e.xid >= coalesce(span.since, '0') AND e.xid < CASE WHEN span.since IS NULL THEN '{ulong.MaxValue}' ELSE span.next END
                  AND (SELECT s.seal FROM {schema}.audit_seal_entries s WHERE s.entry_id = e.id) IS NULL
                ORDER BY e.xid, e.id LIMIT {MostEntries}) AS e ON true
            """)
        { Parameters = { new() { Value = (object?)looked ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Xid8 } } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        if (!reader.GetBoolean(0)) return null;
        await reader.NextResultAsync(ct);
        var last = await reader.ReadAsync(ct) ? AuditRows.ReadSeal(reader) : null;
        await reader.NextResultAsync(ct);
        var look = new Look(last);
        while (await reader.ReadAsync(ct))
        {
            (look.Horizon, look.Now) = (reader.GetFieldValue<ulong>(0), Instant.FromDateTimeUtc(reader.GetDateTime(1)));
            if (reader.IsDBNull(2)) break;
            look.Entries.Add(AuditEntry.Read(reader, first: 3));
            // There may be more than were read: the next look begins no later than with the transaction of the last.
            if (look.Entries.Count == MostEntries) look.Horizon = Math.Min(look.Horizon, reader.GetFieldValue<ulong>(2));
        }

        return look;
    }

    private async Task<AuditSeal> WriteAsync(NpgsqlConnection connection, Look look, CancellationToken ct)
    {
        var seal = new AuditSeal
        {
            Number = (look.Last?.Number ?? 0) + 1, Form = CanonicalForm.Newest, Previous = look.Last?.Hash ?? AuditSeal.Nothing,
            Entries = look.Entries.Count, Total = (look.Last?.Total ?? 0) + look.Entries.Count, Horizon = look.Horizon, SealedAt = look.Now,
        };
        using var hash = CanonicalForm.BeginSeal(schema, seal);
        var hashes = new List<byte[]>(look.Entries.Count);
        // In one line: whoever writes a million of them must not fill the disk of the log, too. The verifier names each.
        var foreigners = look.Entries.Where(entry => !AuditRows.IsMarked(schema, entry, keys)).ToList();
        if (foreigners.Count > 0) Break($"{schema}.audit_entries {foreigners[0].Id} was not written by a host{(foreigners.Count > 1 ? $", nor were {foreigners.Count - 1} more" : "")}");
        foreach (var entry in look.Entries)
        {
            hashes.Add(CanonicalForm.HashOf(schema, entry));
            hash.Cover(entry.Id, hashes[^1]);
        }

        seal.Close(schema, hash.End(), keys);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(AuditRows.Insert(schema, seal));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            INSERT INTO {schema}.audit_seal_entries (entry_id, seal, position, hash)
            SELECT l.entry_id, $1, l.position, l.hash FROM unnest($2::uuid[], $3::bytea[]) WITH ORDINALITY AS l (entry_id, hash, position)
            """)
        { Parameters = { new() { Value = seal.Number }, new() { Value = look.Entries.Select(e => e.Id).ToArray() }, new() { Value = hashes.ToArray() } } });
        await batch.ExecuteNonQueryAsync(ct);
        return seal;
    }

    /// <summary>A chain only grows: one that ends earlier than this host has seen it, or otherwise, has been cut or written anew.</summary>
    private void Compare(AuditSeal? last)
    {
        var (seen, hash) = Head is not null ? (Head.Number, Head.Hash) : folder.FindLatest(schema) is { } latest ? (latest.Seal, latest.Hash) : (0, AuditSeal.Nothing);
        if (seen > (last?.Number ?? 0) || (seen > 0 && seen == last!.Number && !last.Hash.AsSpan().SequenceEqual(hash)))
            Break($"{schema}.audit_seals {seen} is not there any more as this host has seen it");
        Head = last;
    }

    /// <summary>The end of the chain leaves the database; not of one that was cut, for what has left is the evidence.</summary>
    private void Follow(AuditSeal seal)
    {
        if (folder.IsUsed && Broken is null) folder.WriteLatest(new Anchor(schema, seal.SealedAt.InUtc().Date, seal.Number, seal.Hash, seal.Total, seal.SealedAt));
    }

    private void Break(string what)
    {
        Broken ??= what;
        LogBroken(what);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit has been tampered with: {What}. Run verify-audit (docs/operations/audit.md)")]
    private partial void LogBroken(string what);

    /// <summary>What was found under the lock.</summary>
    private sealed class Look(AuditSeal? last)
    {
        public AuditSeal? Last => last;

        public List<AuditEntry> Entries { get; } = [];

        public ulong Horizon { get; set; }

        public Instant Now { get; set; }
    }
}
