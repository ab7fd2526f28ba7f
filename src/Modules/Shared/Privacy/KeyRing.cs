using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Shared.Data;

namespace Crm.Shared.Privacy;

/// <summary>The installation's keys cannot be had. The text says why and what to do, and holds nothing of them.</summary>
public sealed class KeyRingException(string message) : Exception(message);

/// <summary>
/// The secrets of an installation, kept in a folder outside the database: data keys by version (new values are sealed with the newest, old
/// ones stay readable), the key of the blind index (changed only by re-index), the key request bodies are hashed with, the role secret, the
/// key the audit is marked with and the one its anchors are signed with, and, in Development, the key tokens are signed with.
/// </summary>
public sealed class KeyRing
{
    private readonly KeyFile keys;

    private KeyRing(KeyFile keys) => this.keys = keys;

    /// <summary>The secret role passwords are derived from.</summary>
    public RoleSecret Roles => new(keys.RoleSecret);

    /// <summary>Signs development tokens; shared by all hosts and kept over restarts.</summary>
    public byte[] DevelopmentTokenKey => keys.DevelopmentTokenKey;

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
                { IsComplete: true } keys => new KeyRing(keys),
                { IsOlder: true } when create => new KeyRing(Complete(path)),
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

    /// <summary>Seals a text with AES-256-GCM under the newest data key, bound to the place it is kept in.</summary>
    /// <param name="text">What to seal.</param>
    /// <param name="place">Table, column and row: a sealed value moved elsewhere does not open.</param>
    public byte[] Seal(string text, string place)
    {
        var version = keys.DataKeys.Keys.Max();
        return Aead.Seal(keys.DataKeys[version], (byte)version, Encoding.UTF8.GetBytes(text), place);
    }

    /// <summary>Opens what <see cref="Seal"/> made.</summary>
    /// <exception cref="CryptographicException">It was changed, moved to another place, or its key is not in the ring.</exception>
    public string Unseal(byte[] sealedBytes, string place)
    {
        if (sealedBytes.Length == 0 || !keys.DataKeys.TryGetValue(sealedBytes[0], out var key)) throw new CryptographicException("The data key of a sealed value is not in the ring.");
        return Encoding.UTF8.GetString(Aead.Unseal(key, sealedBytes, place));
    }

    /// <summary>The blind index of a value: equal values are found, nothing else can be read from it without the key.</summary>
    public byte[] Index(string value) => HMACSHA256.HashData(keys.IndexKey, Encoding.UTF8.GetBytes(value));

    /// <summary>The keyed hash of a request body, by which a retry is told from a different request.</summary>
    public byte[] HashRequest(byte[] body) => HMACSHA256.HashData(keys.RequestKey, body);

    /// <summary>The mark that only those with the keys can put on a row of the audit.</summary>
    /// <param name="canonical">The row in its canonical form.</param>
    public byte[] MarkAudit(ReadOnlySpan<byte> canonical) => HMACSHA256.HashData(keys.AuditKey!, canonical);

    /// <summary>Signs an anchor of the audit (ECDSA P-256, SHA-256, DER).</summary>
    public byte[] SignAnchor(byte[] statement)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(keys.AnchorKey, out _);
        return key.SignData(statement, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>The public key that anchors are checked with, as PEM: all that an auditor is given.</summary>
    public string AnchorPublicKey
    {
        get
        {
            using var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(keys.AnchorKey, out _);
            return key.ExportSubjectPublicKeyInfoPem();
        }
    }

    [NotPersonal("a key, outside the database", "IndexKey", "RequestKey", "RoleSecret", "DevelopmentTokenKey", "AuditKey", "AnchorKey")]
    private sealed record KeyFile(
        Dictionary<int, byte[]> DataKeys, byte[] IndexKey, byte[] RequestKey, byte[] RoleSecret, byte[] DevelopmentTokenKey, byte[]? AuditKey = null, byte[]? AnchorKey = null)
    {
        private const int Size = 32;

        [JsonIgnore]
        public bool IsComplete => HasFirstKeys && AuditKey is { Length: Size } && AnchorKey is { Length: > Size };

        /// <summary>From before the audit was marked, or anchored.</summary>
        [JsonIgnore]
        public bool IsOlder => HasFirstKeys && AuditKey is null or { Length: Size } && AnchorKey is null;

        private bool HasFirstKeys =>
            DataKeys is { Count: > 0 } && DataKeys.All(k => k is { Key: > 0 and < 256, Value.Length: Size })
            && new[] { IndexKey, RequestKey, RoleSecret, DevelopmentTokenKey }.All(k => k is { Length: Size });

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
