using Crm.Organization.Notifications;
using Crm.Shared.Failures;
using MimeKit;
using MimeKit.Text;

namespace Crm.Organization.Mail;

/// <summary>ORG-11: what an e-mail says: the notification's sentence, in the person's language. Numbers and instants, nothing of any customer.</summary>
internal static class MailText
{
    private static readonly Text Closing = new(
        "You get this e-mail because of your preferences for notifications. It is in your inbox as well, where you can acknowledge it.",
        "您收到此邮件是因为您的通知设置。该通知也在您的收件箱中，可在其中确认。");

    /// <param name="notification">What is told.</param>
    /// <param name="to">The person's address.</param>
    /// <param name="from">The system's address.</param>
    /// <param name="inbox">Puts it into words.</param>
    /// <param name="language">The person's language.</param>
    public static MimeMessage Compose(Notification notification, string to, string from, Inbox inbox, Language language)
    {
        var says = inbox.Say(notification);
        var mail = new MimeMessage { Subject = In(language, says), MessageId = $"{notification.Id:N}@{from[(from.LastIndexOf('@') + 1)..]}" };
        mail.From.Add(MailboxAddress.Parse(from));
        mail.To.Add(MailboxAddress.Parse(to));
        // Nobody is to be told automatically that somebody is on holiday (RFC 3834).
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Body = new TextPart(TextFormat.Plain) { Text = $"{In(language, says)}\n\n-- \n{In(language, Closing)}\n" };
        return mail;
    }

    private static string In(Language language, Text text) => language == Language.Zh ? text.Zh : text.En;
}
