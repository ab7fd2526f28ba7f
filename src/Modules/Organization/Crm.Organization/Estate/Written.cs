using Crm.Shared.Failures;
using FluentValidation;

namespace Crm.Organization.Estate;

/// <summary>ORG-01: numbers and names of places as people write them, in one form.</summary>
internal static class Written
{
    public const int LowestFloor = -9;
    public const int HighestFloor = 200;
    public const decimal LargestArea = 1_000_000m;

    public static readonly Text FloorForm = new(
        $"must be a whole number from {LowestFloor} to {HighestFloor} without 0, such as 12 or -1", $"应为 {LowestFloor} 到 {HighestFloor} 之间的整数（没有 0 层），如 12 或 -1");

    public static readonly Text AreaForm = new(
        "must be square metres above 0 with at most two decimals, such as 89.50", "应为大于 0 的平方米数，最多两位小数，如 89.50");

    public static readonly Text NumberForm = new("must be one line of 1 to 50 characters, such as 1203", "应为 1 到 50 个字符的一行文字，如 1203");

    /// <summary>Full-width letters and digits as half-width ones, without spaces around: １２０３ and 1203 are one door.</summary>
    public static string Plain(string text) => string.Create(text.Length, text, static (span, text) =>
    {
        // By hand: without ICU, Normalize leaves full-width forms as they are.
        for (var i = 0; i < span.Length; i++) span[i] = text[i] is >= '！' and <= '～' ? (char)(text[i] - '！' + '!') : text[i] == '\u3000' ? ' ' : text[i];
    }).Trim();

    public static bool IsFloor(int floor) => floor is >= LowestFloor and <= HighestFloor and not 0;

    public static bool IsArea(decimal area) => area is > 0 and <= LargestArea && decimal.Round(area, 2) == area;

    public static bool IsNumber(string number) => Plain(number) is { Length: >= 1 and <= 50 } plain && !plain.Any(char.IsControl);

    public static IRuleBuilderOptions<T, string> IsUnitNumber<T>(this IRuleBuilder<T, string> rule) =>
        rule.MaximumLength(50).Must(IsNumber).WithMessage(_ => NumberForm.Localized);

    public static IRuleBuilderOptions<T, int?> IsFloor<T>(this IRuleBuilder<T, int?> rule) =>
        rule.InclusiveBetween(LowestFloor, HighestFloor).Must(floor => floor is not 0).WithMessage(_ => FloorForm.Localized);

    public static IRuleBuilderOptions<T, decimal?> IsArea<T>(this IRuleBuilder<T, decimal?> rule) =>
        rule.Must(area => area is null || IsArea(area.Value)).WithMessage(_ => AreaForm.Localized);
}
