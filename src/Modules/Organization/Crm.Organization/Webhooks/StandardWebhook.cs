using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Organization.Webhooks;

/// <summary>The signature scheme of the Standard Webhooks specification 1.0.0, symmetric: HMAC-SHA256 over id, timestamp and body.</summary>
internal static class StandardWebhook
{
    public const string IdHeader = "webhook-id", TimestampHeader = "webhook-timestamp", SignatureHeader = "webhook-signature";

    private const string SecretMark = "whsec_";
    private const int SecretSize = 32;

    /// <summary>A new secret, as it is shown to the receiver.</summary>
    public static string NewSecret() => SecretMark + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretSize));

    /// <summary>The id of a message: the same however often, and to however many receivers, it is sent. Holds no full stop, as the scheme demands.</summary>
    public static string MessageId(Guid eventId) => $"msg_{eventId:N}";

    /// <summary>The signature header's value: one signature for each secret, so that a receiver that knows only one of them is served.</summary>
    /// <param name="secrets">The present secret first, and during a rotation the one before.</param>
    /// <param name="id">The message's id.</param>
    /// <param name="at">The attempt's time, in seconds since 1970.</param>
    /// <param name="body">The body, exactly as it is sent.</param>
    public static string Sign(IEnumerable<string> secrets, string id, long at, string body)
    {
        var signed = Encoding.UTF8.GetBytes($"{id}.{at.ToString(CultureInfo.InvariantCulture)}.{body}");
        return string.Join(' ', secrets.Select(s => "v1," + Convert.ToBase64String(HMACSHA256.HashData(KeyOf(s), signed))));
    }

    private static byte[] KeyOf(string secret) => Convert.FromBase64String(secret.StartsWith(SecretMark, StringComparison.Ordinal) ? secret[SecretMark.Length..] : secret);
}
