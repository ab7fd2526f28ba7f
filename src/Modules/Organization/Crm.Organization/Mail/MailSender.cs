using System.Net.Sockets;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Deliveries;
using Crm.Organization.Notifications;
using Crm.Shared.Privacy;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Crm.Organization.Mail;

/// <summary>ORG-11: tells somebody by e-mail what is in their inbox. What was acknowledged meanwhile is not sent any more.</summary>
internal sealed class MailSender(IServiceScopeFactory scopes, MailOptions options, DeliveryOptions delivery, KeyRing keys) : Sender
{
    public override string Name => "mail";

    public override bool Takes(Guid lane) => lane == Delivery.Mail;

    public override async Task<Func<CancellationToken, Task<Attempt>>> PrepareAsync(ClaimedDelivery claimed, CancellationToken ct)
    {
        if (!options.IsSetUp) return Only(new(DeliveryFailure.NoAddress, Status: null));
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrganizationDb>();
        var notification = await db.Set<Notification>().AsNoTracking().SingleOrDefaultAsync(n => n.Id == claimed.MessageId, ct);
        if (notification is null || notification.AcknowledgedAt is not null) return Only(Attempt.Pointless);
        var person = await db.Staff.AsNoTracking().SingleAsync(s => s.Code == notification.Staff, ct);
        if (!person.Active) return Only(Attempt.Pointless);
        if (person.EmailBy(keys) is not { } address) return Only(new(DeliveryFailure.NoAddress, Status: null, IsFinal: true));
        var language = await db.Set<NotificationPreferences>().Where(p => p.Staff == person.Code).Select(p => (Language?)p.Language).SingleOrDefaultAsync(ct) ?? Language.Zh;
        var mail = MailText.Compose(notification, address, options.From!, scope.ServiceProvider.GetRequiredService<Inbox>(), language);
        return send => TryAsync(mail, send);
    }

    private async Task<Attempt> TryAsync(MimeMessage composed, CancellationToken ct)
    {
        using var mail = composed;
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
        time.CancelAfter(delivery.Timeout);
        try
        {
            await SendAsync(mail, time.Token);
            return Attempt.Delivered((int)SmtpStatusCode.Ok);
        }
        catch (SmtpCommandException refused)
        {
            // 5xx is the server's last word about this e-mail, 4xx asks for patience (RFC 5321). A greeting or a wrong password says nothing about it.
            return new(DeliveryFailure.Refused, (int)refused.StatusCode, IsFinal: (int)refused.StatusCode >= 500 && refused.ErrorCode != SmtpErrorCode.UnexpectedStatusCode);
        }
        catch (Exception e) when (KindOf(e) is not null && !ct.IsCancellationRequested)
        {
            return new(KindOf(e), Status: null);
        }
    }

    private async Task SendAsync(MimeMessage mail, CancellationToken ct)
    {
        // As for webhooks: a certificate must be trusted, and nobody is asked whether it was revoked, which servers inside a house could not answer.
        using var smtp = new SmtpClient { CheckCertificateRevocation = false };
        await smtp.ConnectAsync(options.Host!, options.Port, options.Tls switch
        {
            "tls" => SecureSocketOptions.SslOnConnect,
            "none" => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        }, ct);
        if (options.User is not null && !smtp.Capabilities.HasFlag(SmtpCapabilities.Authentication)) throw new AuthenticationException("The mail server lets nobody sign in.");
        if (options.User is { } user) await smtp.AuthenticateAsync(user, options.Password!, ct);
        await smtp.SendAsync(mail, ct);
        try
        {
            await smtp.DisconnectAsync(quit: true, ct);
        }
        catch (Exception e) when (KindOf(e) is not null)
        {
            // It has been taken; how the server says good-bye changes nothing.
        }
    }

    private static DeliveryFailure? KindOf(Exception e) => e switch
    {
        OperationCanceledException or TimeoutException => DeliveryFailure.Timeout,
        SslHandshakeException or NotSupportedException => DeliveryFailure.Tls,
        AuthenticationException or ServiceNotAuthenticatedException => DeliveryFailure.SignIn,
        ProtocolException or CommandException or ServiceNotConnectedException or IOException or SocketException => DeliveryFailure.Unreachable,
        _ => null,
    };
}
