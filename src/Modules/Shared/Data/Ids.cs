using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Crm.Shared.Data;

/// <summary>
/// UUIDv7 identities that grow: what one host makes later sorts later, also within a millisecond (RFC 9562, method 3), so that things which
/// share a domain instant keep the order they happened in.
/// </summary>
public static class Ids
{
    private const int FractionBits = 12;
    private static long last;

    /// <summary>The lowest identity of an instant: what sorts before it was made earlier. A range of identities is a range of time, and needs no index of its own.</summary>
    public static Guid FirstOf(DateTime utc)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, (utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond << 16);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The next identity. Its time is real time.</summary>
    public static Guid Next()
    {
        var ticks = TimeProvider.System.GetUtcNow().Ticks - DateTime.UnixEpoch.Ticks;
        var now = (ticks / TimeSpan.TicksPerMillisecond << FractionBits) | (ticks % TimeSpan.TicksPerMillisecond << FractionBits) / TimeSpan.TicksPerMillisecond;
        long seen, next;
        do
        {
            seen = Interlocked.Read(ref last);
            next = Math.Max(seen + 1, now);
        }
        while (Interlocked.CompareExchange(ref last, next, seen) != seen);

        Span<byte> bytes = stackalloc byte[16];
        var (milliseconds, fraction) = (next >> FractionBits, (ushort)(next & ((1 << FractionBits) - 1)));
        BinaryPrimitives.WriteInt64BigEndian(bytes, milliseconds << 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | fraction));
        RandomNumberGenerator.Fill(bytes[8..]);
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }
}
