using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Announcements.Features;

/// <param name="Pinned">True: it stands above the others.</param>
internal sealed record PinAnnouncementBody(bool Pinned);

internal sealed record PinAnnouncement(Guid Id, ProjectScope Scope, PinAnnouncementBody Body) : ICommand<AnnouncementAnswer>;

/// <summary>ORG-15: an announcement is put above the others, or back among them; what it says stays.</summary>
internal sealed class PinAnnouncementHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<PinAnnouncement, Answer<AnnouncementAnswer>>
{
    public async Task<Answer<AnnouncementAnswer>> Handle(PinAnnouncement request, CancellationToken cancellationToken)
    {
        var announcement = await db.TakeAnnouncementAsync(request.Scope, request.Id, cancellationToken);
        context.EnsureCurrent(announcement.Version);
        announcement.Pin(request.Body.Pinned);
        return AnnouncementAnswer.Of(announcement, clock.GetCurrentInstant());
    }
}

internal static class PinAnnouncementEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/announcements/{id:guid}/pinning", (Guid id, Body<PinAnnouncementBody> body, Call call) => call.Send(new PinAnnouncement(id, call.Scope, body.Value)))
        .Tells<AnnouncementAnswer>("pinAnnouncement", "Pin an announcement", "Above the others in the readers' list, or back among them. Needs If-Match.", rules: "ORG-15")
        .WithMetadata(new EditsSomething())
        .About("announcement", "公告", (OrganizationDb db, Guid id, ProjectScope scope) => db.AnnouncementsUnder(scope).Where(a => a.Id == id))
        .Example(new { pinned = true })
        .Requires(OrganizationPermissions.PublishAnnouncements);
}
