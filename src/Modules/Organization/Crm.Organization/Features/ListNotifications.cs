using Crm.Organization.Notifications;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Features;

/// <param name="Unread">True: only what you have not acknowledged; false: only what you have.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListNotificationsQuery(bool? Unread = null, int? Limit = null, string? Cursor = null);

internal sealed record ListNotifications(string Staff, ListNotificationsQuery Query) : IRequest<Page<NotificationItem>>;

/// <summary>ORG-11: a person's inbox, newest first.</summary>
internal sealed class ListNotificationsHandler(Inbox inbox) : IRequestHandler<ListNotifications, Page<NotificationItem>>
{
    public async Task<Page<NotificationItem>> Handle(ListNotifications request, CancellationToken cancellationToken)
    {
        var (staff, query) = request;
        var limit = Paging.Limit(query.Limit);
        var before = Paging.ReadCursor<NumberKey>(query.Cursor)?.Number;
        var notifications = inbox.Of(staff);
        if (before is not null) notifications = notifications.Where(n => n.Number < before);
        if (query.Unread is true) notifications = notifications.Where(n => n.AcknowledgedAt == null);
        if (query.Unread is false) notifications = notifications.Where(n => n.AcknowledgedAt != null);
        var rows = await notifications.OrderByDescending(n => n.Number).Take(limit + 1).ToListAsync(cancellationToken);
        var page = Paging.Cut(rows, limit, n => new NumberKey(n.Number!.Value));
        return new([.. page.Items.Select(inbox.Tell)], page.Next);
    }

    /// <summary>The sort key of inboxes.</summary>
    internal sealed record NumberKey(long Number);
}

internal static class ListNotificationsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/notifications", (Query<ListNotificationsQuery> query, Call call) => call.Ask(new ListNotifications(Inbox.OwnerOf(call.Caller), query.Value)))
        .Tells<Page<NotificationItem>>("listNotifications", "List your notifications", "Your own inbox, newest first, in the language asked for.", rules: "ORG-11")
        .Requires(OrganizationPermissions.ReceiveNotices);
}
