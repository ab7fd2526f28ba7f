using System.Data;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Shared.Audit;

/// <summary>That the chain of a schema was followed for a day. Append-only; the day is the key, so it is done once however many hosts there are.</summary>
[NotPersonal("a hash of the chain", "Hash")]
internal sealed class AuditCheck
{
    /// <summary>The day that had ended, in the system's zone.</summary>
    public required LocalDate Date { get; init; }

    /// <summary>The last seal that was followed.</summary>
    public required long Seal { get; init; }

    /// <summary>Its hash.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Its horizon.</summary>
    public required ulong Horizon { get; init; }

    /// <summary>How many entries the chain covers up to there.</summary>
    public required long Entries { get; init; }

    /// <summary>How many things were not as the hosts have left them.</summary>
    public required long Findings { get; init; }

    /// <summary>When it was done.</summary>
    public required Instant CheckedAt { get; init; }
}

/// <summary>The anchor that was made for a day, as it was signed. Append-only.</summary>
[NotPersonal("a hash of the chain, signed", "Line")]
internal sealed class AnchorRow
{
    /// <summary>The day that had ended, in the system's zone.</summary>
    public required LocalDate Date { get; init; }

    /// <summary>The signed line.</summary>
    public required string Line { get; init; }
}

/// <summary>
/// ORG-10: what is done for each day that has ended, in one schema: the chain is followed from where it was last found well, and an anchor is
/// made. A function of the day: whichever host comes first does it, under the lock of the schema; the others find it done.
/// </summary>
internal sealed class AuditNight(string schema, NpgsqlDataSource source, Privacy.KeyRing keys, AnchorFolder folder)
{
    /// <summary>Following a chain may take longer than other commands of a host.</summary>
    private const int PatienceSeconds = 600;

    /// <summary>A host that was away for longer has an operator look at what it missed.</summary>
    private const int DaysOfFiles = 31;

    /// <summary>The schema.</summary>
    public string Schema => schema;

    /// <summary>Does what is to be done for a day, once.</summary>
    /// <returns>What was found; null when it has been done, or another host is at it.</returns>
    public async Task<IReadOnlyList<AuditFinding>?> CloseAsync(LocalDate day, Instant now, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
        if (!await TakeAsync(connection, day, ct)) return null;
        var verification = new AuditVerification(schema, connection, keys, Array.Empty<Witness>().ToLookup(w => w.Seal), PatienceSeconds);
        var findings = new List<AuditFinding>();
        await foreach (var finding in verification.FindAsync(await LastWellAsync(connection, ct), ct))
            if (findings.Count < 1_000) findings.Add(finding);

        var end = verification.End;
        var check = new AuditCheck { Date = day, Seal = end.Seal, Hash = end.Hash, Horizon = end.Horizon, Entries = end.Entries, Findings = findings.Count, CheckedAt = now };
        await WriteAsync(connection, check, new Anchor(schema, day, end.Seal, end.Hash, end.Entries, now).Sign(keys), ct);
        await transaction.CommitAsync(CancellationToken.None);
        return findings;
    }

    /// <summary>Lets the anchors of the last days leave the database, from this host.</summary>
    public async Task WriteFilesAsync(LocalDate day, CancellationToken ct)
    {
        await using var command = source.CreateCommand($"SELECT line FROM {schema}.audit_anchors WHERE date > $1 ORDER BY date");
        command.Parameters.Add(new() { Value = day.PlusDays(-DaysOfFiles).ToDateOnly() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var publicKey = keys.AnchorPublicKey;
        while (await reader.ReadAsync(ct))
            if (Anchor.Read(reader.GetString(0), publicKey) is { } anchor) folder.WriteDay(anchor, reader.GetString(0));
    }

    /// <summary>Whether the last look found something.</summary>
    public async Task<bool> IsBrokenAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand($"SELECT findings > 0 FROM {schema}.audit_checks ORDER BY date DESC LIMIT 1");
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>The lock, and then whether it is still to be done; what the last holder of the lock committed is seen.</summary>
    private async Task<bool> TakeAsync(NpgsqlConnection connection, LocalDate day, CancellationToken ct)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(ModuleDb.TryTake($"night {schema}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT 1 FROM {schema}.audit_checks WHERE date >= $1") { Parameters = { new() { Value = day.ToDateOnly() } } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        if (!reader.GetBoolean(0)) return false;
        await reader.NextResultAsync(ct);
        return !await reader.ReadAsync(ct);
    }

    private async Task<ChainEnd> LastWellAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"SELECT seal, hash, horizon, entries FROM {schema}.audit_checks WHERE findings = 0 ORDER BY date DESC LIMIT 1", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new ChainEnd(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<ulong>(2), reader.GetInt64(3)) : ChainEnd.Beginning;
    }

    private async Task WriteAsync(NpgsqlConnection connection, AuditCheck check, string anchor, CancellationToken ct)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"INSERT INTO {schema}.audit_checks (date, seal, hash, horizon, entries, findings, checked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        {
            Parameters =
            {
                new() { Value = check.Date.ToDateOnly() }, new() { Value = check.Seal }, new() { Value = check.Hash }, new() { Value = check.Horizon, NpgsqlDbType = NpgsqlDbType.Xid8 },
                new() { Value = check.Entries }, new() { Value = check.Findings }, new() { Value = check.CheckedAt.ToDateTimeUtc() },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"INSERT INTO {schema}.audit_anchors (date, line) VALUES ($1, $2)") { Parameters = { new() { Value = check.Date.ToDateOnly() }, new() { Value = anchor } } });
        await batch.ExecuteNonQueryAsync(ct);
    }
}
