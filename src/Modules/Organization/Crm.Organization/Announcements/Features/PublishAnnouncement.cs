using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Announcements.Features;

/// <param name="From">It can be read from this instant on: now when absent. Not in the past.</param>
/// <param name="Until">It can be read before this instant; absent for no end.</param>
internal sealed record PublishAnnouncementBody(Instant? From = null, Instant? Until = null);

internal sealed record PublishAnnouncement(Guid Id, Caller Caller, ProjectScope Scope, PublishAnnouncementBody Body) : ICommand<AnnouncementAnswer>;

/// <summary>ORG-15: an announcement is made known, now or from a later instant on.</summary>
internal sealed class PublishAnnouncementHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<PublishAnnouncement, Answer<AnnouncementAnswer>>
{
    public async Task<Answer<AnnouncementAnswer>> Handle(PublishAnnouncement request, CancellationToken cancellationToken)
    {
        var (id, caller, scope, body) = request;
        var announcement = await db.TakeAnnouncementAsync(scope, id, cancellationToken);
        context.EnsureCurrent(announcement.Version);
        var now = clock.GetCurrentInstant();
        db.Add(announcement.Publish(body.From, body.Until, caller.Subject, now));
        return AnnouncementAnswer.Of(announcement, now);
    }
}

internal static class PublishAnnouncementEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/announcements/{id:guid}/publication", (Guid id, Body<PublishAnnouncementBody> body, Call call) => call.Send(new PublishAnnouncement(id, call.Caller, call.Scope, body.Value)))
        .Tells<AnnouncementAnswer>("publishAnnouncement", "Publish an announcement", "It can be read from an instant on, now or later, perhaps until another. Staff it addresses are told in their inbox when it begins. Not edited from then on.", rules: "ORG-15")
        .About("announcement", "公告", (OrganizationDb db, Guid id, ProjectScope scope) => db.AnnouncementsUnder(scope).Where(a => a.Id == id))
        .Example(new { from = "2100-01-01T00:00:00Z", until = "2100-01-08T00:00:00Z" })
        .Requires(OrganizationPermissions.PublishAnnouncements);
}
