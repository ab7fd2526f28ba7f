using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Announcements.Features;

internal sealed record CountUnreadAnnouncements(string Staff, ProjectScope Scope) : IRequest<UnreadAnnouncements>;

/// <param name="Unread">How many announcements address you that you have not marked as read in their valid edition.</param>
internal sealed record UnreadAnnouncements(int Unread);

/// <summary>ORG-15: the figure beside the notice board.</summary>
internal sealed class CountUnreadAnnouncementsHandler(OrganizationDb db, IClock clock) : IRequestHandler<CountUnreadAnnouncements, UnreadAnnouncements>
{
    public async Task<UnreadAnnouncements> Handle(CountUnreadAnnouncements request, CancellationToken cancellationToken) =>
        new(await db.AnnouncementsTo(request.Scope).Current(clock.GetCurrentInstant()).Unread(db, request.Staff).CountAsync(cancellationToken));
}

internal static class CountUnreadAnnouncementsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/announcements/unread-count", (Call call) =>
            call.Ask(new CountUnreadAnnouncements(call.Caller.Staff ?? throw new NotFound("reader", "读者"), call.Scope)))
        .Tells<UnreadAnnouncements>("countUnreadAnnouncements", "Count what you have not read", "How many announcements can be read now, address you, and are not marked as read in their valid edition.", rules: "ORG-15")
        .Requires(OrganizationPermissions.ReadAnnouncements);
}
