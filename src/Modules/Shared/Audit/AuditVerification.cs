using System.Runtime.CompilerServices;
using Crm.Shared.Privacy;
using NodaTime;
using Npgsql;

namespace Crm.Shared.Audit;

/// <summary>Something about the audit that is not as the hosts have left it.</summary>
/// <param name="Row">Exactly which row: its table and key.</param>
/// <param name="What">What is wrong with it; nothing of its content.</param>
public sealed record AuditFinding(string Row, string What)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Row} {What}";
}

/// <summary>How far a chain has been followed.</summary>
/// <param name="Seal">The number of the last seal; 0 before the first.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Horizon">Every entry of a transaction before this one is sealed in it or earlier.</param>
/// <param name="Entries">How many entries the chain covers up to there.</param>
[NotPersonal("a hash of the chain", "Hash")]
public sealed record ChainEnd(long Seal, byte[] Hash, ulong Horizon, long Entries)
{
    /// <summary>Before the first seal.</summary>
    public static readonly ChainEnd Beginning = new(0, AuditSeal.Nothing, 0, 0);
}

/// <summary>
/// ORG-10: follows the chain of one schema and names every row that is not as the hosts have left it. Reads the rows as they come, in
/// constant memory. Hosts may go on writing meanwhile: a seal and its list are committed together.
/// </summary>
/// <param name="schema">The schema.</param>
/// <param name="connection">An open connection that may read it.</param>
/// <param name="keys">The keys of the marks; without them the chain is checked, and not who made it.</param>
/// <param name="witnesses">What others have written down of this chain, by the number of the seal: its hash, and who says so.</param>
/// <param name="patienceSeconds">How long a single statement may take; 0 for as long as it does.</param>
public sealed class AuditVerification(string schema, NpgsqlConnection connection, KeyRing? keys, ILookup<long, Witness> witnesses, int patienceSeconds = 0)
{
    private const int SealsAtOnce = 500;
    private const int EntriesAtOnce = 20_000;

    /// <summary>An entry that is still without a seal when the chain has gone on for so long has been passed over.</summary>
    private static readonly Duration PassedOver = Duration.FromMinutes(5);

    private ChainEnd end = ChainEnd.Beginning;
    private Instant? lastSealedAt;

    /// <summary>Entries that were looked at.</summary>
    public long Entries { get; private set; }

    /// <summary>Seals that were looked at.</summary>
    public long Seals { get; private set; }

    /// <summary>Entries that wait for their seal.</summary>
    public long Waiting { get; private set; }

    /// <summary>How far the chain was followed.</summary>
    public ChainEnd End => end;

    /// <summary>Looks at everything after <paramref name="from"/>; from the beginning, that is at every row there is.</summary>
    public async IAsyncEnumerable<AuditFinding> FindAsync(ChainEnd from, [EnumeratorCancellation] CancellationToken ct)
    {
        end = from;
        if (from.Seal > 0 && !await IsStillThereAsync(from, ct)) yield return new($"{schema}.audit_seals {from.Seal}", "is not there any more as it was when the chain was last followed");
        while (await ReadSealsAsync(ct) is { Count: > 0 } seals)
            await foreach (var finding in FollowAsync(seals, ct)) yield return finding;
        await foreach (var finding in FindBeyondTheEndAsync(ct)) yield return finding;
        foreach (var witness in witnesses.Where(w => w.Key > end.Seal).SelectMany(w => w))
            yield return new($"{schema}.audit_seals {witness.Seal}", $"is missing: the chain ends at {end.Seal}, but {witness.Source} has seen it");
        await foreach (var finding in FindUnsealedAsync(from, ct)) yield return finding;
    }

    private async Task<bool> IsStillThereAsync(ChainEnd seen, CancellationToken ct)
    {
        await using var command = Command($"SELECT hash FROM {schema}.audit_seals WHERE number = $1", seen.Seal);
        return await command.ExecuteScalarAsync(ct) is byte[] hash && hash.AsSpan().SequenceEqual(seen.Hash);
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = patienceSeconds };
        foreach (var value in values) command.Parameters.Add(value is ulong xid ? new() { Value = xid, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Xid8 } : new() { Value = value });
        return command;
    }

    /// <summary>The next seals, not more than whose entries make a piece of work.</summary>
    private async Task<List<AuditSeal>> ReadSealsAsync(CancellationToken ct)
    {
        await using var command = Command(AuditRows.SealsAfter(schema), end.Seal, SealsAtOnce);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (seals, entries) = (new List<AuditSeal>(), 0L);
        while (entries < EntriesAtOnce && await reader.ReadAsync(ct))
        {
            seals.Add(AuditRows.ReadSeal(reader));
            entries += seals[^1].Entries;
        }

        return seals;
    }

    /// <summary>Walks along seals and the lists of all numbers among them, also of those that are not there any more.</summary>
    private async IAsyncEnumerable<AuditFinding> FollowAsync(List<AuditSeal> seals, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = Command($"""
            SELECT l.seal, l.position, l.entry_id, l.hash, e.id IS NOT NULL, {AuditRows.Of("e")} FROM {schema}.audit_seal_entries l
            LEFT JOIN {schema}.audit_entries e ON e.id = l.entry_id WHERE l.seal > $1 AND l.seal <= $2 ORDER BY l.seal, l.position
            """, end.Seal, seals[^1].Number);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var more = await reader.ReadAsync(ct);
        foreach (var seal in seals)
        {
            while (more && reader.GetInt64(0) < seal.Number)
            {
                yield return Orphan(reader.GetInt64(0), reader.GetInt32(1), reader.GetGuid(2));
                more = await reader.ReadAsync(ct);
            }

            using var hash = CanonicalForm.BeginSeal(schema, seal);
            var listed = 0;
            for (; more && reader.GetInt64(0) == seal.Number; more = await reader.ReadAsync(ct))
            {
                var (position, id, sealedHash) = (reader.GetInt32(1), reader.GetGuid(2), reader.GetFieldValue<byte[]>(3));
                listed++;
                Entries++;
                if (position != listed)
                {
                    yield return new($"{schema}.audit_seal_entries {seal.Number}/{listed}", position > listed ? "is missing from the list of its seal" : "is there twice");
                    listed = position;
                }

                hash.Cover(id, sealedHash);
                if (reader.GetBoolean(4))
                {
                    if (Judge(AuditEntry.Read(reader, first: 5), sealedHash, seal.Number) is { } finding) yield return finding;
                }
                else
                {
                    yield return new($"{schema}.audit_entries {id}", $"is missing: seal {seal.Number} covers it");
                }
            }

            Seals++;
            foreach (var finding in Judge(seal, listed, hash.End())) yield return finding;
            end = new ChainEnd(seal.Number, seal.Hash, seal.Horizon, seal.Total);
            lastSealedAt = seal.SealedAt;
        }
    }

    private AuditFinding? Judge(AuditEntry entry, byte[] sealedHash, long seal)
    {
        var row = $"{schema}.audit_entries {entry.Id}";
        if (!CanonicalForm.HashOf(schema, entry).AsSpan().SequenceEqual(sealedHash)) return new(row, $"is not what seal {seal} covers: it was changed after it was sealed");
        return keys is null || AuditRows.IsMarked(schema, entry, keys) ? null : new(row, $"was not written by a host: its mark is wrong (seal {seal} covers it as it is)");
    }

    private IEnumerable<AuditFinding> Judge(AuditSeal seal, int listed, byte[] hash)
    {
        var row = $"{schema}.audit_seals {seal.Number}";
        if (seal.Number != end.Seal + 1)
            yield return new($"{schema}.audit_seals {end.Seal + 1}{(seal.Number == end.Seal + 2 ? "" : $" to {seal.Number - 1}")}", "is missing: the chain goes on without it");
        else if (!seal.Previous.AsSpan().SequenceEqual(end.Hash)) yield return new(row, $"does not follow seal {end.Seal}: one of the two was changed or put there");
        if (seal.Form != CanonicalForm.Newest) yield return new(row, $"has form {seal.Form}, which does not exist: it was changed or put there");
        if (listed != seal.Entries) yield return new(row, $"covers {seal.Entries} entries, and {listed} are listed");
        if (seal.Number == end.Seal + 1 && seal.Total != end.Entries + seal.Entries) yield return new(row, $"counts {seal.Total} entries up to there, and there are {end.Entries + seal.Entries}");
        if (!hash.AsSpan().SequenceEqual(seal.Hash)) yield return new(row, "is not what its hash was made over: the seal or its list was changed");
        if (keys is not null && !AuditRows.IsMarked(schema, seal, keys)) yield return new(row, "was not made by a host: its mark is wrong");
        foreach (var witness in witnesses[seal.Number].Where(w => !w.Hash.AsSpan().SequenceEqual(seal.Hash)))
            yield return new(row, $"is not the one that {witness.Source} has seen: the chain up to there was written anew");
    }

    /// <summary>Lists of seals that do not exist, in one look, so that a seal made at this moment is seen with its list or not at all.</summary>
    private async IAsyncEnumerable<AuditFinding> FindBeyondTheEndAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = Command($"""
            SELECT l.seal, l.position, l.entry_id FROM {schema}.audit_seal_entries l
            WHERE l.seal > $1 AND NOT EXISTS (SELECT FROM {schema}.audit_seals s WHERE s.number = l.seal) ORDER BY l.seal, l.position
            """, end.Seal);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) yield return Orphan(reader.GetInt64(0), reader.GetInt32(1), reader.GetGuid(2));
    }

    private AuditFinding Orphan(long seal, int position, Guid entry) =>
        new($"{schema}.audit_seal_entries {seal}/{position}", $"lists entry {entry} under seal {seal}, which is not there");

    private async IAsyncEnumerable<AuditFinding> FindUnsealedAsync(ChainEnd from, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = Command($"""
            SELECT {AuditRows.Of("e")} FROM {schema}.audit_entries e
            WHERE e.xid >= $1 AND NOT EXISTS (SELECT FROM {schema}.audit_seal_entries l WHERE l.entry_id = e.id) ORDER BY e.xid, e.id
            """, from.Horizon);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var entry = AuditEntry.Read(reader, first: 0);
            Waiting++;
            if (keys is not null && !AuditRows.IsMarked(schema, entry, keys))
                yield return new($"{schema}.audit_entries {entry.Id}", "was not written by a host: its mark is wrong (it is not sealed yet)");
            else if (lastSealedAt - entry.RecordedAt > PassedOver)
                yield return new($"{schema}.audit_entries {entry.Id}", "was never sealed, though the chain has gone on since: it was taken out of its seal's list, or put there");
        }
    }
}

/// <summary>What somebody outside the database has written down of a seal.</summary>
/// <param name="Seal">Its number.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Source">Who says so, for people: the name of a file.</param>
[NotPersonal("a hash of the chain", "Hash")]
public sealed record Witness(long Seal, byte[] Hash, string Source);
