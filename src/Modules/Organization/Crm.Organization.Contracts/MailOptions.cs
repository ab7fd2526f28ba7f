using System.ComponentModel.DataAnnotations;
using System.Net.Mail;

namespace Crm.Organization.Contracts;

/// <summary>E-mails to staff, through a mail server of yours. Without a host none are sent, and nothing waits to be.</summary>
public sealed class MailOptions
{
    /// <summary>The mail server.</summary>
    public string? Host { get; set; }

    /// <summary>Its port: 587 for submission with STARTTLS, 465 for TLS from the beginning.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary>startTls (nothing is sent where the server does not offer it), tls from the beginning, or none, where nobody but you can listen.</summary>
    [RegularExpression("startTls|tls|none")]
    public string Tls { get; set; } = "startTls";

    /// <summary>The user to sign in with; without one nobody signs in.</summary>
    public string? User { get; set; }

    /// <summary>The user's password. Give it as an environment variable or from a file that only the service reads.</summary>
    public string? Password { get; set; }

    /// <summary>The address e-mails come from, e.g. crm@example.com; needed with a host.</summary>
    public string? From { get; set; }

    /// <summary>E-mails are sent.</summary>
    public bool IsSetUp => Host is { Length: > 0 };

    /// <summary>What keeps a host from starting: each setting that is wrong beside the others, with what would be right.</summary>
    public IEnumerable<(string Part, string Wrong)> Faults()
    {
        if (!IsSetUp && (User ?? Password ?? From) is not null) yield return (nameof(Host), "is needed with the other settings of Crm:Mail: the mail server, e.g. smtp.example.com");
        if (IsSetUp && From is null) yield return (nameof(From), "is needed with Crm:Mail:Host: the address e-mails come from, e.g. crm@example.com");
        if (From is not null && !(MailAddress.TryCreate(From, out var address) && address.Address == From)) yield return (nameof(From), "must be one e-mail address and nothing else, e.g. crm@example.com");
        if ((User is null) != (Password is null)) yield return (User is null ? nameof(User) : nameof(Password), "is needed: user and password go together");
        if (Tls == "none" && User is not null && Host is not ("localhost" or "127.0.0.1" or "::1")) yield return (nameof(Tls), "must be startTls or tls where somebody signs in at another machine: the password could be read on the way");
    }
}
