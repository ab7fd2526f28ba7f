using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Crm.Shared.Audit;

/// <summary>
/// ORG-10: the exact bytes that marks and hashes are made over; docs/operations/audit.md has them for auditors. A form never changes: what
/// is to be written differently gets the next number, and the old one stays here for as long as there are rows of it.
/// <para>
/// Form 1: a label, then each value, and before each of these its length in bytes as 32 bits, big-endian; FFFFFFFF and nothing more for
/// null. Texts are UTF-8; identities their 16 bytes, numbers 64 bits and instants 64 bits of microseconds since 1970, all big-endian.
/// </para>
/// </summary>
internal static class CanonicalForm
{
    /// <summary>The form that new rows have.</summary>
    public const short Newest = 1;

    /// <summary>What an entry's mark is made over: all that a host writes, and the schema it writes it to.</summary>
    public static byte[] Of(string schema, AuditEntry entry) => EntryOf(schema, entry).Written.ToArray();

    /// <summary>What a seal says of an entry: SHA-256 over the marked form, then when it was recorded, then the mark.</summary>
    public static byte[] HashOf(string schema, AuditEntry entry) => SHA256.HashData(EntryOf(schema, entry).Add(entry.RecordedAt).Add(entry.Mac).Written);

    /// <summary>What a seal's mark is made over.</summary>
    public static byte[] OfSeal(string schema, long number, byte[] hash) =>
        new CanonicalWriter("crm-audit-seal-mark/1").Add(schema).Add(number).Add(hash).Written.ToArray();

    /// <summary>The hash of a seal, to be fed with what it covers: first its own row, then each entry in order.</summary>
    public static SealHash BeginSeal(string schema, AuditSeal seal) => new(new CanonicalWriter("crm-audit-seal/1")
        .Add(schema).Add(seal.Number).Add(seal.Previous).Add(seal.SealedAt).Add((long)seal.Horizon).Add(seal.Entries).Add(seal.Total));

    private static CanonicalWriter EntryOf(string schema, AuditEntry e) => new CanonicalWriter("crm-audit-entry/1")
        .Add(schema).Add(e.Id).Add(e.At).Add(e.Action).Add(e.Actor).Add(e.SubjectKind).Add(e.SubjectId).Add(e.Project).Add(e.TraceId).Add(e.RemoteAddress).Add(e.Reason);
}

/// <summary>SHA-256 over a seal and the entries it covers, however many they are.</summary>
internal sealed class SealHash : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public SealHash(CanonicalWriter seal) => hash.AppendData(seal.Written);

    /// <summary>One entry more.</summary>
    public void Cover(Guid entry, byte[] entryHash) => hash.AppendData(new CanonicalWriter().Add(entry).Add(entryHash).Written);

    /// <summary>The hash of all of it.</summary>
    public byte[] End() => hash.GetHashAndReset();

    public void Dispose() => hash.Dispose();
}

/// <summary>Writes values in form 1.</summary>
internal sealed class CanonicalWriter
{
    private const uint Null = uint.MaxValue;
    private readonly ArrayBufferWriter<byte> bytes = new(512);

    public CanonicalWriter()
    {
    }

    public CanonicalWriter(string label) => Add(label);

    public ReadOnlySpan<byte> Written => bytes.WrittenSpan;

    public CanonicalWriter Add(string? text)
    {
        if (text is null) return Length(Null);
        Length((uint)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, bytes);
        return this;
    }

    public CanonicalWriter Add(ReadOnlySpan<byte> value)
    {
        Length((uint)value.Length);
        bytes.Write(value);
        return this;
    }

    public CanonicalWriter Add(byte[]? value) => value is null ? Length(Null) : Add(value.AsSpan());

    public CanonicalWriter Add(long number)
    {
        Span<byte> value = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(value, number);
        return Add(value);
    }

    public CanonicalWriter Add(Guid id)
    {
        Span<byte> value = stackalloc byte[16];
        id.TryWriteBytes(value, bigEndian: true, out _);
        return Add(value);
    }

    /// <summary>In the grain that the database keeps.</summary>
    public CanonicalWriter Add(Instant instant) => Add(instant.ToUnixTimeTicks() / 10);

    private CanonicalWriter Length(uint length)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes.GetSpan(sizeof(uint)), length);
        bytes.Advance(sizeof(uint));
        return this;
    }
}
