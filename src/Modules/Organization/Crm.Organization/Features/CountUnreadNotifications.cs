using Crm.Organization.Notifications;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Organization.Features;

internal sealed record CountUnreadNotifications(string Staff) : IRequest<UnreadNotifications>;

/// <param name="Unread">How many notifications of yours are not acknowledged.</param>
internal sealed record UnreadNotifications(int Unread);

/// <summary>ORG-11: the figure beside the bell.</summary>
internal sealed class CountUnreadNotificationsHandler(Inbox inbox) : IRequestHandler<CountUnreadNotifications, UnreadNotifications>
{
    public async Task<UnreadNotifications> Handle(CountUnreadNotifications request, CancellationToken cancellationToken) =>
        new(await inbox.CountUnreadAsync(request.Staff, cancellationToken));
}

internal static class CountUnreadNotificationsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/notifications/unread-count", (Call call) => call.Ask(new CountUnreadNotifications(Inbox.OwnerOf(call.Caller))))
        .Tells<UnreadNotifications>("countUnreadNotifications", "Count what you have not read", "How many notifications of yours are not acknowledged.", rules: "ORG-11")
        .Requires(OrganizationPermissions.ReceiveNotices);
}
