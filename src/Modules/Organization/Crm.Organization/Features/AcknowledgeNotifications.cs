using Crm.Organization.Data;
using Crm.Organization.Notifications;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="UpTo">The <c>position</c> of the newest notification you have seen.</param>
internal sealed record AcknowledgeNotificationsBody(string UpTo);

internal sealed record AcknowledgeNotifications(string Staff, AcknowledgeNotificationsBody Body) : ICommand<AcknowledgedCount>;

/// <param name="Acknowledged">How many were unread until now.</param>
internal sealed record AcknowledgedCount(int Acknowledged);

internal sealed class AcknowledgeNotificationsValidator : AbstractValidator<AcknowledgeNotificationsBody>
{
    public AcknowledgeNotificationsValidator() => RuleFor(b => b.UpTo).Must(p => Position.Read(p) is not null)
        .WithMessage(_ => new Text("must be the position of a notification, as listed", "应为通知列表中的 position").Localized);
}

/// <summary>ORG-11: somebody has taken note of everything up to a place in their inbox. What came after it stays unread, however quickly it came.</summary>
internal sealed class AcknowledgeNotificationsHandler(OrganizationDb db, IClock clock) : IRequestHandler<AcknowledgeNotifications, Answer<AcknowledgedCount>>
{
    public async Task<Answer<AcknowledgedCount>> Handle(AcknowledgeNotifications request, CancellationToken cancellationToken)
    {
        var (now, last) = (clock.GetCurrentInstant(), Position.Read(request.Body.UpTo));
        var count = await db.Set<Notification>().Where(n => n.Staff == request.Staff && n.Number <= last && n.AcknowledgedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.AcknowledgedAt, (Instant?)now), cancellationToken);
        return new(200, new AcknowledgedCount(count), new Deed("inbox", request.Staff, Project: null, now));
    }
}

internal static class AcknowledgeNotificationsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/notifications/acknowledgement", (Body<AcknowledgeNotificationsBody> body, Call call) =>
            call.Send(new AcknowledgeNotifications(Inbox.OwnerOf(call.Caller), body.Value)))
        .Tells<AcknowledgedCount>("acknowledgeNotifications", "Acknowledge everything up to a notification", "You have taken note of it and of everything older in your inbox.", rules: "ORG-11")
        .Example(new { upTo = "1" })
        .Requires(OrganizationPermissions.ReceiveNotices);
}
