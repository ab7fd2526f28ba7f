using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Crm.Shared.Commands;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Shared.Idempotency;

/// <summary>
/// The answer a command gave to a key, kept for at least 7 days of real time, until <see cref="Crm.Shared.Retention.ForgetJob"/> clears it. Written in the command's own transaction and only for 2xx, so a
/// stored answer always speaks of something that was done, and what was refused may be tried again.
/// </summary>
[NotPersonal("keyed hashes; an answer to a command, which holds no personal data, sealed", "KeyHash", "RequestHash", "SealedBody")]
public sealed class StoredAnswer
{
    /// <summary>How long a key is remembered at least.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    /// <summary>Keeps an answer.</summary>
    public StoredAnswer(IdempotencyKey key, int status, string? location, int? version, byte[] sealedBody) =>
        (KeyHash, RequestHash, Status, Location, Version, SealedBody) = (Hash(key), key.RequestHash, status, location, version, sealedBody);

    private StoredAnswer() => (KeyHash, RequestHash, SealedBody) = ([], [], []);

    /// <summary>SHA-256 of scope and key: what a client puts in a key is not kept.</summary>
    public byte[] KeyHash { get; private set; }

    /// <summary>A keyed hash of the body the answer belongs to.</summary>
    public byte[] RequestHash { get; private set; }

    /// <summary>The HTTP status.</summary>
    public int Status { get; private set; }

    /// <summary>The Location header.</summary>
    public string? Location { get; private set; }

    /// <summary>The version in the ETag.</summary>
    public int? Version { get; private set; }

    /// <summary>The body, sealed: it holds no personal data, but may hold a secret shown once, such as a new API key.</summary>
    public byte[] SealedBody { get; private set; }

    /// <summary>Where the body is sealed to.</summary>
    public static string Place(IdempotencyKey key) => "stored_answers:" + Convert.ToHexString(Hash(key));

    /// <summary>SHA-256 of scope and key.</summary>
    public static byte[] Hash(IdempotencyKey key) => SHA256.HashData(Encoding.UTF8.GetBytes($"{key.Scope}\n{key.Key}"));
}

/// <summary>Taking a key before doing the work it stands for.</summary>
public static class IdempotentCommands
{
    /// <summary>
    /// Takes the key for this transaction. Null: nobody used it, go on. An answer: it was used for this very request.
    /// A key that is being used at this moment is refused rather than waited for, so that no request waits inside the pool for another.
    /// </summary>
    /// <exception cref="InProgress">Another transaction holds the key.</exception>
    /// <exception cref="KeyReused">The key was used for another body.</exception>
    public static async Task<Answer<TAnswer>?> EnterAsync<TAnswer>(this ModuleDb db, IdempotencyKey key, KeyRing keys, CancellationToken ct)
    {
        var hash = StoredAnswer.Hash(key);
        await using var batch = db.Batch();
        // Two statements, two snapshots: the second one sees what the last holder of the lock committed.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_try_advisory_xact_lock($1)")
        {
            Parameters = { new() { Value = BinaryPrimitives.ReadInt64LittleEndian(hash) } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"SELECT request_hash, status, location, version, sealed_body FROM {db.Schema}.stored_answers WHERE key_hash = $1")
        {
            Parameters = { new() { Value = hash, NpgsqlDbType = NpgsqlDbType.Bytea } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        if (!reader.GetBoolean(0)) throw new InProgress();
        await reader.NextResultAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;
        if (!CryptographicOperations.FixedTimeEquals(reader.GetFieldValue<byte[]>(0), key.RequestHash)) throw new KeyReused();
        return new Answer<TAnswer>(
            reader.GetInt32(1), Body: default!, Done: null!,
            Version: reader.IsDBNull(3) ? null : reader.GetInt32(3),
            Location: reader.IsDBNull(2) ? null : reader.GetString(2))
        { Stored = keys.Unseal(reader.GetFieldValue<byte[]>(4), StoredAnswer.Place(key)) };
    }
}
