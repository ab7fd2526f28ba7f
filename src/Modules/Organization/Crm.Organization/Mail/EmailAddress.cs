using MimeKit;

namespace Crm.Organization.Mail;

/// <summary>ORG-11: addresses of staff.</summary>
internal static class EmailAddress
{
    /// <summary>RFC 5321.</summary>
    private const int Longest = 254;

    /// <summary>True for one address as every server takes it: ASCII, without a name, a comment, a second address or a line break. An asterisk marks one that was masked, and is none.</summary>
    public static bool IsOne(string text) => text.Length <= Longest && text.All(c => char.IsAscii(c) && !char.IsControl(c) && !char.IsWhiteSpace(c) && c != '*')
        && MailboxAddress.TryParse(text, out var parsed) && parsed.Address == text && text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && text.LastIndexOf('@') == at && at < text.Length - 1;

    /// <summary>What somebody sees who may not see it in full: the first character and the domain.</summary>
    public static string Masked(string address) => $"{address[0]}***{address[address.IndexOf('@', StringComparison.Ordinal)..]}";
}
