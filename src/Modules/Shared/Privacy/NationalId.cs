using System.Text;
using Crm.Shared.Failures;
using NodaTime;

namespace Crm.Shared.Privacy;

/// <summary>
/// A citizen's identity number of the People's Republic of China (GB 11643): 18 characters, of which the seventh to the fourteenth are a day
/// that exists and the last is the check character. Full-width digits, a small x and spaces between are read as people write them.
/// </summary>
/// <param name="Number">The normal form: 17 digits and a digit or X.</param>
public readonly record struct NationalId(string Number)
{
    private const int Length = 18;
    private const string CheckCharacters = "10X98765432";
    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>Reads a number as a person wrote it.</summary>
    /// <returns>False where a character is none of it, the day of birth does not exist, or the check character is another.</returns>
    public static bool TryParse(string text, out NationalId id)
    {
        id = default;
        var characters = new StringBuilder(Length);
        foreach (var written in text)
        {
            // By hand: without ICU, Normalize leaves full-width forms as they are.
            var c = written is >= '！' and <= '～' ? (char)(written - '！' + '!') : written;
            if (char.IsWhiteSpace(c)) continue;
            if (c == 'x') c = 'X';
            if (!char.IsAsciiDigit(c) && c != 'X') return false;
            characters.Append(c);
        }

        var number = characters.ToString();
        if (number.Length != Length || number[0] == '0' || number.IndexOf('X', StringComparison.Ordinal) is >= 0 and < Length - 1) return false;
        if (!IsDay(number) || number[^1] != CheckOf(number)) return false;
        id = new NationalId(number);
        return true;
    }

    /// <summary>The form shown to those who may not see the number: where and who, not when born.</summary>
    public string Masked => $"{Number[..6]}********{Number[^4..]}";

    /// <summary>What a refused number is told.</summary>
    public static readonly Text Expected = new(
        "must be a Chinese identity number of 18 characters whose day of birth exists and whose last character is the right check (GB 11643)",
        "应为 18 位公民身份号码：出生日期须存在，末位校验码须正确（GB 11643）");

    /// <inheritdoc/>
    public override string ToString() => Masked;

    private static bool IsDay(string number)
    {
        int Read(int from, int length) => int.Parse(number.AsSpan(from, length), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture);
        var (year, month, day) = (Read(6, 4), Read(10, 2), Read(12, 2));
        return year >= 1800 && month is >= 1 and <= 12 && day >= 1 && day <= CalendarSystem.Iso.GetDaysInMonth(year, month);
    }

    private static char CheckOf(string number) => CheckCharacters[Weights.Select((weight, i) => weight * (number[i] - '0')).Sum() % CheckCharacters.Length];
}
