using System.Text;
using Crm.Shared.Failures;

namespace Crm.Shared.Privacy;

/// <summary>
/// A phone number in E.164, the default region being China (LEA-03): mobile numbers, landlines with their area code, 400 numbers, and
/// international numbers with + or 00. Full-width digits, spaces, hyphens, dots and brackets are read as people write them.
/// </summary>
/// <param name="E164">The normal form, e.g. +8613800138000 or +862085551234.</param>
public readonly record struct Phone(string E164)
{
    /// <summary>Reads a number as a person wrote it.</summary>
    /// <returns>False for anything that cannot be dialled: a landline without its area code, too few or too many digits, letters.</returns>
    public static bool TryParse(string text, out Phone phone)
    {
        phone = default;
        var digits = new StringBuilder(text.Length);
        foreach (var written in text)
        {
            // By hand: without ICU, Normalize leaves full-width forms as they are.
            var c = written is >= '！' and <= '～' ? (char)(written - '！' + '!') : written;
            if (char.IsAsciiDigit(c)) digits.Append(c);
            else if (c == '+' && digits.Length == 0) digits.Append('+');
            else if (!(char.IsWhiteSpace(c) || c is '-' or '.' or '(' or ')' or '/' || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.DashPunctuation)) return false;
        }

        var number = digits.ToString();
        if (number.StartsWith("00", StringComparison.Ordinal)) number = "+" + number[2..];
        var national = number.StartsWith("+86", StringComparison.Ordinal) ? number[3..]
            : number.StartsWith('+') ? null
            : number is ['8', '6', '1', ..] and { Length: 13 } ? number[2..]
            : number;
        if (national is null)
        {
            if (number.Length is < 8 or > 16 || number[1] == '0') return false;
            phone = new Phone(number);
            return true;
        }

        national = national.StartsWith('0') ? national[1..] : number.StartsWith("+86", StringComparison.Ordinal) || IsMobile(national) || IsToll(national) ? national : "";
        if (!IsMobile(national) && !IsLandline(national) && !IsToll(national)) return false;
        phone = new Phone("+86" + national);
        return true;
    }

    /// <summary>The form shown to those who may not see the number: enough to recognise it, too little to dial it.</summary>
    public string Masked => E164.Length <= 7 ? "****" : $"{E164[..^8]}****{E164[^4..]}";

    /// <summary>What a refused number is told.</summary>
    public static readonly Text Expected = new(
        "must be a phone number: a Chinese mobile number, a landline with its area code, or an international number with +",
        "应为电话号码：中国手机号、带区号的座机，或以 + 开头的国际号码");

    /// <inheritdoc/>
    public override string ToString() => Masked;

    private static bool IsMobile(string n) => n.Length == 11 && n[0] == '1' && n[1] is >= '3' and <= '9';

    private static bool IsToll(string n) => n.Length == 10 && (n.StartsWith("400", StringComparison.Ordinal) || n.StartsWith("800", StringComparison.Ordinal));

    /// <summary>Two-digit area codes (10, 2x) carry 8 digits; three-digit ones 7 or 8.</summary>
    private static bool IsLandline(string n) =>
        n.StartsWith("10", StringComparison.Ordinal) || n.StartsWith('2')
            ? n.Length == 10 && n[2] is >= '2' and <= '9'
            : n.Length is 10 or 11 && n[0] is >= '3' and <= '9' && n[3] is >= '2' and <= '9';
}
