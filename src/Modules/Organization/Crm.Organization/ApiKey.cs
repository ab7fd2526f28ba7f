using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization;

/// <summary>
/// ORG-09: a machine's key: 256 random bits, shown once and kept as SHA-256. Its prefix is public and finds it. It holds the permissions it
/// was given, in one project or everywhere, until it expires or is revoked. Expiry is real time, like every token's.
/// </summary>
[NotPersonal("the name of a machine; the hash of a random secret", "Name", "Hash")]
internal sealed class ApiKey : Aggregate
{
    private const string Mark = "crm_";
    private const int PrefixLength = 12;

    private ApiKey() => (Name, Prefix, Hash, Permissions) = ("", "", [], []);

    private ApiKey(string name, string? project, string[] permissions, Instant createdAt, Instant? expiresAt, string prefix, byte[] hash) =>
        (Name, Project, Permissions, CreatedAt, ExpiresAt, Prefix, Hash) = (name, project, permissions, createdAt, expiresAt, prefix, hash);

    public string Name { get; private set; }

    /// <summary>Null: every project.</summary>
    public string? Project { get; private set; }

    public string[] Permissions { get; private set; }

    public string Prefix { get; private set; }

    public byte[] Hash { get; private set; }

    public Instant CreatedAt { get; private set; }

    public Instant? ExpiresAt { get; private set; }

    public Instant? RevokedAt { get; private set; }

    /// <summary>Makes a key. The text is returned once and cannot be had again.</summary>
    public static (ApiKey Key, string Text) Create(string name, string? project, string[] permissions, Instant createdAt, Instant? expiresAt)
    {
        var text = Mark + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32 + 6));
        return (new ApiKey(name, project, permissions, createdAt, expiresAt, PrefixOf(text), HashOf(text)), text);
    }

    /// <summary>When it was last used, to about a minute, in real time; null for never.</summary>
    public Instant? LastUsedAt { get; private set; }

    /// <summary>A key that takes this one's place, with its name, permissions and project. This one works on for the overlap, at most.</summary>
    /// <param name="at">The domain's now, at which the new key is made.</param>
    /// <param name="realNow">Real time, by which keys expire.</param>
    /// <param name="overlap">How long both work: what it takes to bring the new one to its machine.</param>
    /// <param name="expiresAt">When the new one expires, in real time; null for never.</param>
    /// <exception cref="BrokenRule">ORG-09: it works no more.</exception>
    public (ApiKey Key, string Text) Rotate(Instant at, Instant realNow, Duration overlap, Instant? expiresAt)
    {
        if (RevokedAt is not null || ExpiresAt <= realNow)
            throw new BrokenRule("ORG-09", new Text("The key is revoked or has expired: make a new one.", "该密钥已吊销或已过期，请另建新密钥。"));
        var end = realNow + overlap;
        ExpiresAt = Instant.Min(ExpiresAt ?? end, end);
        Touch();
        return Create(Name, Project, Permissions, at, expiresAt);
    }

    /// <summary>The public part of a key's text: enough to find it, of no use by itself.</summary>
    public static string PrefixOf(string text) => text[..Math.Min(text.Length, PrefixLength)];

    /// <summary>What is kept of a key's text. A fast hash suffices for 256 random bits.</summary>
    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>Ends the key for good; once more changes nothing.</summary>
    public void Revoke(Instant at)
    {
        if (RevokedAt is not null) return;
        RevokedAt = at;
        Touch();
    }
}
