using System.Security.Cryptography;
using System.Text;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Crm.Shared.Audit;

/// <summary>The key that the reasons given about one record are sealed under, itself sealed by the key ring. The only thing of the audit that can be deleted.</summary>
internal sealed class SubjectKey
{
    /// <summary>The kind of record.</summary>
    public required string SubjectKind { get; init; }

    /// <summary>Its id or code.</summary>
    public required string SubjectId { get; init; }

    /// <summary>The key, sealed.</summary>
    [Personal(Datum.PersonKey, Guard.Sealed)]
    public required byte[] SealedKey { get; init; }
}

/// <summary>
/// ORG-10, ORG-12: reasons are typed by people and may hold personal data. Each is sealed under the key of its subject; entries and chain hold
/// the sealed text only. To erase what was said about a subject its key is destroyed: the chain stays whole, and nobody reads it any more.
/// </summary>
public static class SubjectKeys
{
    private const byte Version = 1;
    private const int Size = 32;

    /// <summary>Destroys the key of a subject, in the transaction of <paramref name="db"/> or by itself: every reason given about it is gone for good.</summary>
    /// <param name="db">The database of the module that the subject belongs to.</param>
    /// <param name="subjectKind">The kind of record, as in the entries about it.</param>
    /// <param name="subjectId">Its id or code.</param>
    /// <param name="ct">Cancels it; nothing is done then.</param>
    /// <returns>False when there was none: no reason had been given, or it has been erased before.</returns>
    public static async Task<bool> EraseAsync(ModuleDb db, string subjectKind, string subjectId, CancellationToken ct) =>
        await db.Set<SubjectKey>().Where(k => k.SubjectKind == subjectKind && k.SubjectId == subjectId).ExecuteDeleteAsync(ct) > 0;

    /// <summary>Seals a reason for an entry under the key of its subject, which is made when this is the first.</summary>
    internal static async Task<byte[]> SealAsync(ModuleDb db, KeyRing keys, AuditEntry entry, string reason, CancellationToken ct)
    {
        await using var batch = db.Batch();
        var fresh = keys.Seal(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Size)), Place(db.Schema, entry));
        // Two statements, two snapshots: the second sees the key that another transaction has made meanwhile.
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"INSERT INTO {db.Schema}.audit_subject_keys (subject_kind, subject_id, sealed_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        {
            Parameters = { new() { Value = entry.SubjectKind }, new() { Value = entry.SubjectId }, new() { Value = fresh } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT sealed_key FROM {db.Schema}.audit_subject_keys WHERE subject_kind = $1 AND subject_id = $2")
        {
            Parameters = { new() { Value = entry.SubjectKind }, new() { Value = entry.SubjectId } },
        });
        var sealedKey = (byte[])(await batch.ExecuteScalarAsync(ct))!;
        return Aead.Seal(Open(keys, sealedKey, db.Schema, entry), Version, Encoding.UTF8.GetBytes(reason), entry.ReasonPlace(db.Schema));
    }

    /// <summary>The reason of an entry; null where it was erased, or cannot be opened because somebody has changed it.</summary>
    internal static string? Unseal(KeyRing keys, string schema, AuditEntry entry, byte[]? sealedKey)
    {
        if (entry.Reason is null || sealedKey is null) return null;
        try
        {
            return Encoding.UTF8.GetString(Aead.Unseal(Open(keys, sealedKey, schema, entry), entry.Reason, entry.ReasonPlace(schema)));
        }
        catch (Exception e) when (e is CryptographicException or KeyNotHere)
        {
            return null;
        }
    }

    private static byte[] Open(KeyRing keys, byte[] sealedKey, string schema, AuditEntry entry) => Convert.FromBase64String(keys.Unseal(sealedKey, Place(schema, entry)));

    private static string Place(string schema, AuditEntry entry) => $"{schema}.audit_subject_keys:{entry.SubjectKind}:{entry.SubjectId}";
}
