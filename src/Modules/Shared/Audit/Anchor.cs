using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crm.Shared.Privacy;
using NodaTime;
using NodaTime.Text;

namespace Crm.Shared.Audit;

/// <summary>
/// ORG-10: where the chain of a schema stood, signed, so that it can leave the database. Whoever has the public key can tell from it later
/// whether the chain was cut or written anew, even by somebody who has every other key.
/// </summary>
/// <param name="Schema">Whose chain.</param>
/// <param name="Date">The day it was made for, in the system's zone.</param>
/// <param name="Seal">The number of the last seal; 0 before the first.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Entries">How many entries the chain covers up to there.</param>
/// <param name="MadeAt">When it was made.</param>
[SuppressMessage("Performance", "CA1819", Justification = "A hash is a value.")]
[NotPersonal("a hash of the chain", "Hash")]
public sealed record Anchor(string Schema, LocalDate Date, long Seal, byte[] Hash, long Entries, Instant MadeAt)
{
    private const string Label = "crm-audit-anchor/1";

    /// <summary>What is signed: one line of words that anybody can read, and that no program is needed to write again.</summary>
    public string Statement => string.Create(CultureInfo.InvariantCulture,
        $"{Label} {Schema} {LocalDatePattern.Iso.Format(Date)} {Seal} {Convert.ToHexStringLower(Hash)} {Entries} {InstantPattern.ExtendedIso.Format(MadeAt)}");

    /// <summary>The statement and its signature (ECDSA P-256 over SHA-256, DER in base64).</summary>
    public string Sign(KeyRing keys) => $"{Statement} {Convert.ToBase64String(keys.SignAnchor(Encoding.UTF8.GetBytes(Statement)))}";

    /// <summary>Reads a signed line; null when it is none, or not signed with this key.</summary>
    /// <param name="line">What <see cref="Sign"/> has written.</param>
    /// <param name="publicKey">The public key, as PEM.</param>
    public static Anchor? Read(string line, string publicKey)
    {
        var words = line.Trim().Split(' ');
        if (words is not [Label, var schema, var date, var seal, var hash, var entries, var madeAt, var signature]) return null;
        try
        {
            var anchor = new Anchor(
                schema, LocalDatePattern.Iso.Parse(date).Value, long.Parse(seal, CultureInfo.InvariantCulture), Convert.FromHexString(hash), long.Parse(entries, CultureInfo.InvariantCulture),
                InstantPattern.ExtendedIso.Parse(madeAt).Value);
            using var key = ECDsa.Create();
            key.ImportFromPem(publicKey);
            return key.VerifyData(Encoding.UTF8.GetBytes(anchor.Statement), Convert.FromBase64String(signature), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence) ? anchor : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException or CryptographicException or UnparsableValueException)
        {
            return null;
        }
    }
}
