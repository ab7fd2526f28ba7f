using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Shared.Data;

namespace Crm.Shared.Privacy;

/// <summary>The installation's keys cannot be had. The text says why and what to do, and holds nothing of them.</summary>
public sealed class KeyRingException(string message) : Exception(message);

/// <summary>
/// The secrets of an installation, kept in a folder outside the database: data keys by version (new values are sealed with the one in use, old
/// ones stay readable), the keys of the blind index by version (changed only by re-index), the key request bodies are hashed with, the role
/// secret, the key the audit is marked with and the one its anchors are signed with, and, in Development, the key tokens are signed with. The
/// file is looked at again each second, and at once when a value names a key that is not known yet: a changed ring needs no restart.
/// </summary>
public sealed partial class KeyRing
{
    private const int LookEach = 1_000;
    private readonly string path;
    private readonly Lock reading = new();
    private volatile KeyFile file;
    private long lookedAt = Environment.TickCount64;
    private (DateTime, long) stamp;
    private volatile int indexWith;

    private KeyRing(KeyFile keys, string path)
    {
        (file, this.path, indexWith) = (keys, path, keys.IndexesWith);
    }

    /// <summary>The keys as the file has them: it is looked at again when the last look is a second old.</summary>
    private KeyFile Now
    {
        get
        {
            if (Environment.TickCount64 - Volatile.Read(ref lookedAt) >= LookEach) LookAgain();
            return file;
        }
    }

    /// <summary>The secret role passwords are derived from.</summary>
    public RoleSecret Roles => new(Now.RoleSecret);

    /// <summary>Signs development tokens; shared by all hosts and kept over restarts.</summary>
    public byte[] DevelopmentTokenKey => Now.DevelopmentTokenKey;

    /// <summary>Opens the ring in <paramref name="folder"/>.</summary>
    /// <param name="folder">The secrets folder.</param>
    /// <param name="create">Makes a ring where there is none; several processes at once end with one and the same.</param>
    /// <exception cref="KeyRingException">There is none and none may be made, or it cannot be used.</exception>
    public static KeyRing Open(string folder, bool create)
    {
        var path = Path.Combine(folder, "keys.json");
        try
        {
            if (!File.Exists(path))
            {
                if (!create) throw new KeyRingException($"there is no {path}; run `migrate`, which makes it, or restore it from your backup");
                Create(folder, path);
            }

            return Read(path) switch
            {
                { IsComplete: true } keys => new KeyRing(keys, path),
                { IsOlder: true } when create => new KeyRing(Complete(path), path),
                { IsOlder: true } => throw new KeyRingException($"{path} was made by an earlier version and lacks keys of the audit; run `migrate`, which adds them, and back it up again"),
                _ => throw new KeyRingException($"{path} lacks a key, or one has not 32 bytes; restore it from your backup"),
            };
        }
        catch (JsonException)
        {
            throw new KeyRingException($"{path} is damaged; restore it from your backup");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyRingException($"{path} cannot be read or made by the user this process runs as");
        }
    }

    private static KeyFile? Read(string path) => JsonSerializer.Deserialize<KeyFile>(File.ReadAllText(path));

    private static void Create(string folder, string path)
    {
        Directory.CreateDirectory(folder);
        // One creator at a time, by a lock of the operating system: on Unix a move that must not overwrite looks first and moves then.
        using var alone = LockAlone($"{path}.lock");
        if (File.Exists(path)) return;
        Write(KeyFile.Generate(), path);
    }

    /// <summary>Adds the keys that the version which made the file did not know; what is in it stays as it is.</summary>
    private static KeyFile Complete(string path)
    {
        using var alone = LockAlone($"{path}.lock");
        var keys = Read(path)!;
        if (keys.IsOlder) Write(keys = keys.Completed(), path);
        return keys;
    }

    /// <summary>All of it or nothing: a file that is there is whole.</summary>
    private static void Write(KeyFile keys, string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream($"{path}.new", options))
        {
            JsonSerializer.Serialize(file, keys);
            file.Flush(flushToDisk: true);
        }

        File.Move($"{path}.new", path, overwrite: true);
    }

    private static FileStream LockAlone(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (attempt < 1_000)
            {
                Thread.Sleep(10);
            }
        }
    }

    /// <summary>Seals a text with AES-256-GCM under the data key in use, bound to the place it is kept in.</summary>
    /// <param name="text">What to seal.</param>
    /// <param name="place">Table, column and row: a sealed value moved elsewhere does not open.</param>
    public byte[] Seal(string text, string place)
    {
        var now = Now;
        var version = now.SealsWith;
        return Aead.Seal(now.DataKeys[version], (byte)version, Encoding.UTF8.GetBytes(text), place);
    }

    /// <summary>Opens what <see cref="Seal"/> made.</summary>
    /// <exception cref="CryptographicException">It was changed, or moved to another place.</exception>
    /// <exception cref="KeyNotHere">Its key is not in the ring.</exception>
    public string Unseal(byte[] sealedBytes, string place)
    {
        if (sealedBytes.Length == 0) throw new CryptographicException("Nothing is sealed there.");
        if (!Now.DataKeys.TryGetValue(sealedBytes[0], out var key))
        {
            // Another host knows a newer key: the file may have it by now.
            LookAgain();
            if (!file.DataKeys.TryGetValue(sealedBytes[0], out key)) throw new KeyNotHere();
        }

        return Encoding.UTF8.GetString(Aead.Unseal(key, sealedBytes, place));
    }

    /// <summary>Makes the key of a record: what is said in it is sealed under this key, and erased with it.</summary>
    /// <returns>The key, sealed to the record.</returns>
    public byte[] NewRecordKey(string schema, Guid record) => Seal(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), RecordKeyPlace(schema, record));

    /// <summary>Opens the key of a record; none for null.</summary>
    public RecordKey OpenRecord(byte[]? sealedKey, string schema, Guid record) => new(sealedKey is null ? null : Convert.FromBase64String(Unseal(sealedKey, RecordKeyPlace(schema, record))));

    private static string RecordKeyPlace(string schema, Guid record) => $"{schema}.record_key:{record}";

    /// <summary>The blind index of a value, under the index key in use: the key's version and the HMAC. Equal values are found, nothing else can be read from it without the key.</summary>
    public byte[] Index(string value)
    {
        var now = Now;
        return Index(now.AllIndexKeys.ContainsKey(indexWith) ? indexWith : now.IndexesWith, value, now);
    }

    /// <summary>The blind indexes of a value under every index key there is: what is to be found while a re-index is on its way.</summary>
    public byte[][] Indexes(string value)
    {
        var now = Now;
        return [.. now.AllIndexKeys.Keys.Order().Select(version => Index(version, value, now))];
    }

    private static byte[] Index(int version, string value, KeyFile keys) => [(byte)version, .. HMACSHA256.HashData(keys.AllIndexKeys[version], Encoding.UTF8.GetBytes(value))];

    /// <summary>The keyed hash of a request body, by which a retry is told from a different request.</summary>
    public byte[] HashRequest(byte[] body) => HMACSHA256.HashData(Now.RequestKey, body);

    /// <summary>The mark that only those with the keys can put on a row of the audit.</summary>
    /// <param name="canonical">The row in its canonical form.</param>
    public byte[] MarkAudit(ReadOnlySpan<byte> canonical) => HMACSHA256.HashData(Now.AuditKey!, canonical);

    /// <summary>Signs an anchor of the audit (ECDSA P-256, SHA-256, DER).</summary>
    public byte[] SignAnchor(byte[] statement)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Now.AnchorKey, out _);
        return key.SignData(statement, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>The public key that anchors are checked with, as PEM: all that an auditor is given.</summary>
    public string AnchorPublicKey
    {
        get
        {
            using var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(Now.AnchorKey, out _);
            return key.ExportSubjectPublicKeyInfoPem();
        }
    }

    [NotPersonal("a key, outside the database", "IndexKey", "RequestKey", "RoleSecret", "DevelopmentTokenKey", "AuditKey", "AnchorKey")]
    private sealed record KeyFile(
        Dictionary<int, byte[]> DataKeys, byte[]? IndexKey, byte[] RequestKey, byte[] RoleSecret, byte[] DevelopmentTokenKey, byte[]? AuditKey = null, byte[]? AnchorKey = null,
        int? SealWith = null, Dictionary<int, byte[]>? IndexKeys = null, int? IndexWith = null)
    {
        private const int Size = 32;

        /// <summary>The data key that new values are sealed with.</summary>
        [JsonIgnore]
        public int SealsWith => SealWith ?? DataKeys.Keys.Max();

        /// <summary>The index key that new values are indexed with.</summary>
        [JsonIgnore]
        public int IndexesWith => IndexWith ?? AllIndexKeys.Keys.Max();

        /// <summary>All index keys; an installation that never had a second one keeps it by itself.</summary>
        [JsonIgnore]
        public Dictionary<int, byte[]> AllIndexKeys => IndexKeys ?? new() { [1] = IndexKey! };

        [JsonIgnore]
        public bool IsComplete => HasFirstKeys && AuditKey is { Length: Size } && AnchorKey is { Length: > Size };

        /// <summary>From before the audit was marked, or anchored.</summary>
        [JsonIgnore]
        public bool IsOlder => HasFirstKeys && AuditKey is null or { Length: Size } && AnchorKey is null;

        private bool HasFirstKeys =>
            DataKeys is { Count: > 0 } && DataKeys.All(k => k is { Key: > 0 and < 256, Value.Length: Size })
            && (IndexKeys is null ? IndexKey is { Length: Size } : IndexKeys.Count > 0 && IndexKeys.All(k => k is { Key: > 0 and < 256, Value.Length: Size }))
            && (SealWith is null || DataKeys.ContainsKey(SealWith.Value)) && (IndexWith is null || AllIndexKeys.ContainsKey(IndexWith.Value))
            && new[] { RequestKey, RoleSecret, DevelopmentTokenKey }.All(k => k is { Length: Size });

        public static KeyFile Generate() => new KeyFile(
            new() { [1] = RandomNumberGenerator.GetBytes(Size) }, RandomNumberGenerator.GetBytes(Size), RandomNumberGenerator.GetBytes(Size),
            RandomNumberGenerator.GetBytes(Size), RandomNumberGenerator.GetBytes(Size)).Completed();

        public KeyFile Completed()
        {
            using var anchors = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return this with { AuditKey = AuditKey ?? RandomNumberGenerator.GetBytes(Size), AnchorKey = AnchorKey ?? anchors.ExportPkcs8PrivateKey() };
        }
    }
}
