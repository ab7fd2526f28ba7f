using System.Security.Cryptography;
using System.Text.Json;
using Crm.Shared.Failures;

namespace Crm.Shared.Privacy;

/// <summary>503 with Retry-After: a value was sealed or indexed with a key that this host has not been given yet.</summary>
public sealed class KeyNotHere() : Refusal(503, new Text(
    "The keys of this installation are being changed, and this host does not have the new ones yet. Send the request again after Retry-After.",
    "系统正在更换密钥，该主机尚未取得新密钥，请在 Retry-After 之后重试。"));

/// <summary>ORG-12: how the keys of an installation are changed while its hosts serve.</summary>
public sealed partial class KeyRing
{
    /// <summary>The versions of the data keys, and the one in use.</summary>
    public (IReadOnlyList<int> Versions, int InUse) DataKeys => ([.. Now.DataKeys.Keys.Order()], Now.SealsWith);

    /// <summary>The versions of the index keys, and the one in use.</summary>
    public (IReadOnlyList<int> Versions, int InUse) IndexKeys => ([.. Now.AllIndexKeys.Keys.Order()], Now.IndexesWith);

    /// <summary>Reads the file anew, if it has changed.</summary>
    /// <returns>True when it had.</returns>
    public bool LookAgain()
    {
        lock (reading)
        {
            Volatile.Write(ref lookedAt, Environment.TickCount64);
            try
            {
                var (found, before) = (StampOf(path), file);
                if (found == stamp || Read(path) is not { IsComplete: true } read) return false;
                (stamp, file) = (found, read);
                indexWith = read.AllIndexKeys.ContainsKey(indexWith) ? Math.Max(indexWith, read.IndexesWith) : read.IndexesWith;
                return read != before;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                // What is known stays good; the next look may see more.
                return false;
            }
        }
    }

    /// <summary>The database refuses values under older keys: from now on this process uses the newest it has.</summary>
    public void UseNewest()
    {
        LookAgain();
        indexWith = Now.AllIndexKeys.Keys.Max();
    }

    /// <summary>Adds a data key. Hosts learn to read it; nothing is sealed with it before <see cref="UseDataKey"/>.</summary>
    /// <returns>Its version.</returns>
    public int AddDataKey() => Change(k => k.DataKeys.Keys.Max() + 1, (k, version) => k with { DataKeys = With(k.DataKeys, version), SealWith = k.SealsWith });

    /// <summary>Adds an index key. Hosts search by it as well; nothing is indexed with it before <see cref="UseIndexKey"/>.</summary>
    /// <returns>Its version.</returns>
    public int AddIndexKey() => Change(k => k.AllIndexKeys.Keys.Max() + 1, (k, version) => k with { IndexKeys = With(k.AllIndexKeys, version), IndexKey = null, IndexWith = k.IndexesWith });

    /// <summary>From now on new values are sealed with the newest data key.</summary>
    public int UseDataKey() => Change(k => k.DataKeys.Keys.Max(), (k, version) => k with { SealWith = version });

    /// <summary>From now on new values are indexed with the newest index key.</summary>
    public int UseIndexKey() => Change(k => k.AllIndexKeys.Keys.Max(), (k, version) => k with { IndexWith = version });

    /// <summary>Takes a data key out, for good.</summary>
    public void RetireDataKey(int version) => Change(_ => version, (k, gone) => k with { DataKeys = k.DataKeys.Where(d => d.Key != gone).ToDictionary(), SealWith = k.SealsWith });

    /// <summary>Takes an index key out, for good.</summary>
    public void RetireIndexKey(int version) => Change(_ => version, (k, gone) => k with { IndexKeys = k.AllIndexKeys.Where(d => d.Key != gone).ToDictionary(), IndexKey = null, IndexWith = k.IndexesWith });

    /// <summary>The version under which a value is sealed or indexed.</summary>
    public static int VersionOf(byte[] value) => value[0];

    private int Change(Func<KeyFile, int> version, Func<KeyFile, int, KeyFile> change)
    {
        using var alone = LockAlone($"{path}.lock");
        LookAgain();
        var (before, at) = (Read(path)!, 0);
        at = version(before);
        var after = change(before, at);
        if (at > 255 || !after.IsComplete) throw new KeyRingException($"{path} cannot be changed so: it would lack a key, or have more than 255");
        Write(after, path);
        LookAgain();
        return at;
    }

    private static Dictionary<int, byte[]> With(Dictionary<int, byte[]> keys, int version) => new(keys) { [version] = RandomNumberGenerator.GetBytes(32) };

    private static (DateTime, long) StampOf(string path) => new FileInfo(path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;
}
