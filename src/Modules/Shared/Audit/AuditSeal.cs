using System.Security.Cryptography;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Shared.Audit;

/// <summary>
/// ORG-10: a link of the chain of one schema. It covers a list of entries with their hashes and the seal before it, so nothing that is
/// sealed can be changed, taken out or slipped in without breaking it. Append-only.
/// </summary>
[NotPersonal("a hash of the chain; a keyed mark", "Hash", "Previous", "Mac")]
internal sealed class AuditSeal
{
    /// <summary>What the first seal has before it.</summary>
    public static readonly byte[] Nothing = new byte[SHA256.HashSizeInBytes];

    /// <summary>1, 2, 3, … without a gap.</summary>
    public required long Number { get; init; }

    /// <summary>The canonical form it was made over.</summary>
    public required short Form { get; init; }

    /// <summary>The hash of the seal before; zeros for the first.</summary>
    public required byte[] Previous { get; init; }

    /// <summary>SHA-256 over this seal and the entries it covers.</summary>
    public byte[] Hash { get; private set; } = [];

    /// <summary>The keyed mark that only a host can make: without the key the chain cannot be written anew.</summary>
    public byte[] Mac { get; private set; } = [];

    /// <summary>How many entries it covers; at least one.</summary>
    public required int Entries { get; init; }

    /// <summary>How many entries the chain covers up to here.</summary>
    public required long Total { get; init; }

    /// <summary>Every entry of a transaction before this one is sealed, here or earlier: whatever commits late is of a later one.</summary>
    public required ulong Horizon { get; init; }

    /// <summary>When, by the database's clock.</summary>
    public required Instant SealedAt { get; init; }

    /// <summary>Closes the seal over what it covers.</summary>
    public void Close(string schema, byte[] hash, KeyRing keys) => (Hash, Mac) = (hash, keys.MarkAudit(CanonicalForm.OfSeal(schema, Number, hash)));

    /// <summary>What the database says the seal is.</summary>
    public AuditSeal As(byte[] hash, byte[] mac)
    {
        (Hash, Mac) = (hash, mac);
        return this;
    }
}

/// <summary>An entry in a seal's list. Append-only, and an entry is in one list only.</summary>
[NotPersonal("a hash of the chain", "Hash")]
internal sealed class SealedEntry
{
    /// <summary>The entry.</summary>
    public required Guid EntryId { get; init; }

    /// <summary>The number of the seal that covers it.</summary>
    public required long Seal { get; init; }

    /// <summary>Its place in the list, from 1.</summary>
    public required int Position { get; init; }

    /// <summary>What it was when it was sealed.</summary>
    public required byte[] Hash { get; init; }
}
