using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using FluentValidation;

namespace Crm.Organization.Customers;

/// <summary>
/// ORG-12, ORG-16: what is shown to those who may not see it in full can be sent back as it was shown, and then stays as it is: a form that is
/// filled with what was read never overwrites what its user could not see.
/// </summary>
internal static class Masking
{
    private const string Stars = "***";

    /// <summary>The first character and the domain.</summary>
    public static string MaskedEmail(string email) => $"{email[0]}{Stars}{email[email.LastIndexOf('@')..]}";

    /// <summary>An address, or one as it is shown masked.</summary>
    public static IRuleBuilderOptions<T, string?> IsEmail<T>(this IRuleBuilder<T, string?> rule) => rule.MaximumLength(200).Must(e => e is null || IsEmail(e))
        .WithMessage(_ => new Text("must be an e-mail address such as name@example.com", "应为电子邮件地址，如 name@example.com").Localized);

    /// <summary>A number, or one as it is shown masked.</summary>
    public static IRuleBuilderOptions<T, string?> IsNationalId<T>(this IRuleBuilder<T, string?> rule) => rule.MaximumLength(100).Must(n => n is null || IsMaskedId(n) || NationalId.TryParse(n, out _))
        .WithMessage(_ => NationalId.Expected.Localized);

    /// <summary>The address that is to be kept: what was sent, or what there is where that was sent back masked.</summary>
    /// <exception cref="Malformed">A mask that is not of what there is.</exception>
    public static string? Keep(string? sent, string? present) => sent is null || !sent.Contains(Stars, StringComparison.Ordinal) ? sent
        : present is not null && MaskedEmail(present) == sent ? present
        : throw Malformed.Field("email", new Text("must be a whole address, or the masked one as it was read", "应为完整的邮箱地址，或读取时的脱敏值"));

    /// <inheritdoc cref="Keep(string?, string?)"/>
    public static NationalId? Keep(string? sent, NationalId? present)
    {
        if (sent is null) return null;
        if (NationalId.TryParse(sent, out var number)) return number;
        return present?.Masked == sent
            ? present
            : throw Malformed.Field("nationalId", new Text("must be a whole number, or the masked one as it was read", "应为完整的身份号码，或读取时的脱敏值"));
    }

    private static bool IsMaskedId(string text) => text.Length == 18 && text[6..14] == "********" && text[..6].All(char.IsAsciiDigit);

    private static bool IsEmail(string text)
    {
        var at = text.LastIndexOf('@');
        return at >= 1 && at < text.Length - 1 && text.IndexOf('@', StringComparison.Ordinal) == at && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            && text[at + 1] != '.' && text[^1] != '.' && text.IndexOf('.', at) > 0;
    }
}
