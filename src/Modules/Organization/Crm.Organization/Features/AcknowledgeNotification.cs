using Crm.Organization.Data;
using Crm.Organization.Notifications;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

internal sealed record AcknowledgeNotification(Guid Id, string Staff) : ICommand<Acknowledged>;

/// <summary>No body.</summary>
internal sealed record Acknowledged;

/// <summary>ORG-11: somebody has taken note of one notification; once more changes nothing.</summary>
internal sealed class AcknowledgeNotificationHandler(OrganizationDb db, IClock clock) : IRequestHandler<AcknowledgeNotification, Answer<Acknowledged>>
{
    public async Task<Answer<Acknowledged>> Handle(AcknowledgeNotification request, CancellationToken cancellationToken)
    {
        var now = clock.GetCurrentInstant();
        var found = await db.Set<Notification>().Where(n => n.Id == request.Id && n.Staff == request.Staff && n.Number != null)
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.AcknowledgedAt, n => n.AcknowledgedAt ?? now), cancellationToken);
        if (found == 0) throw new NotFound("notification", "通知");
        return new(204, new Acknowledged(), new Deed("notification", request.Id.ToString(), Project: null, now));
    }
}

internal static class AcknowledgeNotificationEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/notifications/{id:guid}/acknowledgement", (Guid id, Call call) => call.Send(new AcknowledgeNotification(id, Inbox.OwnerOf(call.Caller))))
        .Tells<Acknowledged>("acknowledgeNotification", "Acknowledge a notification", "You have taken note of it: it no longer counts as unread.", status: 204, rules: "ORG-11")
        .WithMetadata(new OnesOwn())
        .Requires(OrganizationPermissions.ReceiveNotices);
}
