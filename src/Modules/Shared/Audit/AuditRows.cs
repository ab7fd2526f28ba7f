using System.Security.Cryptography;
using Crm.Shared.Privacy;
using NodaTime;
using Npgsql;

namespace Crm.Shared.Audit;

/// <summary>The rows of the audit as they stand in the database.</summary>
internal static class AuditRows
{
    private const string SealColumns = "number, form, previous, hash, mac, entries, total, horizon, sealed_at";

    /// <summary>The columns that <see cref="AuditEntry.Read"/> reads, of a table under this name.</summary>
    public static string Of(string name) => string.Join(", ", AuditEntry.Columns.Split(", ").Append("recorded_at").Select(column => $"{name}.{column}"));

    /// <summary>Asks for the end of the chain.</summary>
    public static string LastSeal(string schema) => $"SELECT {SealColumns} FROM {schema}.audit_seals ORDER BY number DESC LIMIT 1";

    /// <summary>Asks for the seals after a number, in order.</summary>
    public static string SealsAfter(string schema) => $"SELECT {SealColumns} FROM {schema}.audit_seals WHERE number > $1 ORDER BY number LIMIT $2";

    /// <summary>Reads what <see cref="LastSeal"/> and <see cref="SealsAfter"/> ask for.</summary>
    public static AuditSeal ReadSeal(NpgsqlDataReader reader) => new AuditSeal
    {
        Number = reader.GetInt64(0), Form = reader.GetInt16(1), Previous = reader.GetFieldValue<byte[]>(2), Entries = reader.GetInt32(5), Total = reader.GetInt64(6),
        Horizon = reader.GetFieldValue<ulong>(7), SealedAt = Instant.FromDateTimeUtc(reader.GetDateTime(8)),
    }.As(reader.GetFieldValue<byte[]>(3), reader.GetFieldValue<byte[]>(4));

    /// <summary>Adds a seal.</summary>
    public static NpgsqlBatchCommand Insert(string schema, AuditSeal seal) => new($"INSERT INTO {schema}.audit_seals ({SealColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    {
        Parameters =
        {
            new() { Value = seal.Number }, new() { Value = seal.Form }, new() { Value = seal.Previous }, new() { Value = seal.Hash }, new() { Value = seal.Mac },
            new() { Value = seal.Entries }, new() { Value = seal.Total }, new() { Value = seal.Horizon, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Xid8 }, new() { Value = seal.SealedAt.ToDateTimeUtc() },
        },
    };

    /// <summary>Adds an entry.</summary>
    public static NpgsqlBatchCommand Insert(string schema, AuditEntry entry)
    {
        var command = new NpgsqlBatchCommand($"INSERT INTO {schema}.audit_entries ({AuditEntry.Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
        foreach (var parameter in entry.Parameters()) command.Parameters.Add(parameter);
        return command;
    }

    /// <summary>Whether the entry was written into this schema, as it stands, by somebody who has the key.</summary>
    public static bool IsMarked(string schema, AuditEntry entry, KeyRing keys) =>
        entry.Form == CanonicalForm.Newest && CryptographicOperations.FixedTimeEquals(entry.Mac, keys.MarkAudit(CanonicalForm.Of(schema, entry)));

    /// <summary>Whether the seal was made, with this hash, by somebody who has the key.</summary>
    public static bool IsMarked(string schema, AuditSeal seal, KeyRing keys) =>
        CryptographicOperations.FixedTimeEquals(seal.Mac, keys.MarkAudit(CanonicalForm.OfSeal(schema, seal.Number, seal.Hash)));
}
