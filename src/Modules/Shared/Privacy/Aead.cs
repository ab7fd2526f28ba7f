using System.Security.Cryptography;
using System.Text;

namespace Crm.Shared.Privacy;

/// <summary>AES-256-GCM as sealed values have it: the key's version, the nonce, the sealed bytes, the tag; bound to the place they are kept in.</summary>
internal static class Aead
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>Seals bytes.</summary>
    public static byte[] Seal(byte[] key, byte version, ReadOnlySpan<byte> plain, string place)
    {
        var sealedBytes = new byte[1 + NonceSize + plain.Length + TagSize];
        sealedBytes[0] = version;
        var nonce = sealedBytes.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(1 + NonceSize, plain.Length), sealedBytes.AsSpan(1 + NonceSize + plain.Length), Encoding.UTF8.GetBytes(place));
        return sealedBytes;
    }

    /// <summary>Opens what <see cref="Seal"/> made.</summary>
    /// <exception cref="CryptographicException">It was changed, moved to another place, or sealed with another key.</exception>
    public static byte[] Unseal(byte[] key, byte[] sealedBytes, string place)
    {
        if (sealedBytes.Length < 1 + NonceSize + TagSize) throw new CryptographicException("Too short to be a sealed value.");
        var plain = new byte[sealedBytes.Length - 1 - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(
            sealedBytes.AsSpan(1, NonceSize), sealedBytes.AsSpan(1 + NonceSize, plain.Length), sealedBytes.AsSpan(1 + NonceSize + plain.Length), plain,
            Encoding.UTF8.GetBytes(place));
        return plain;
    }
}
