using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Announcements.Features;

internal sealed record EditAnnouncement(Guid Id, ProjectScope Scope, AnnouncementBody Body) : ICommand<AnnouncementAnswer>;

/// <summary>ORG-15: a draft is written anew. What was published is corrected instead.</summary>
internal sealed class EditAnnouncementHandler(OrganizationDb db, OrganizationDirectory directory, CommandContext context, IClock clock) : IRequestHandler<EditAnnouncement, Answer<AnnouncementAnswer>>
{
    public async Task<Answer<AnnouncementAnswer>> Handle(EditAnnouncement request, CancellationToken cancellationToken)
    {
        var (id, scope, body) = request;
        var announcement = await db.TakeAnnouncementAsync(scope, id, cancellationToken);
        context.EnsureCurrent(announcement.Version);
        directory.Current.EnsureMayAddress(scope, body.Address());
        announcement.Edit(body.Address(), body.Text());
        return AnnouncementAnswer.Of(announcement, clock.GetCurrentInstant());
    }
}

internal static class EditAnnouncementEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/announcements/{id:guid}", (Guid id, Body<AnnouncementBody> body, Call call) => call.Send(new EditAnnouncement(id, call.Scope, body.Value)))
        .Tells<AnnouncementAnswer>("editAnnouncement", "Edit a draft", "All of it. What was published is not edited: publish a correction, or withdraw it. Needs If-Match.", rules: "ORG-15")
        .WithMetadata(new EditsSomething())
        .About("announcement", "公告", (OrganizationDb db, Guid id, ProjectScope scope) => db.AnnouncementsUnder(scope).Where(a => a.Id == id))
        .Example(new { audience = "staff", reach = "projects", projects = new[] { "demo" }, title = "值班安排调整", body = "自下周一起，晚班由两人值守。" })
        .Requires(OrganizationPermissions.WriteAnnouncements);
}
