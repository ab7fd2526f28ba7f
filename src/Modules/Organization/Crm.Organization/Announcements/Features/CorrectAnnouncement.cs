using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Announcements.Features;

/// <param name="Title">The title as it is now, in Chinese.</param>
/// <param name="Body">All that it says now, in Chinese.</param>
/// <param name="Correction">What is put right, for readers.</param>
/// <param name="TitleEn">The title in English; absent for none.</param>
/// <param name="BodyEn">What it says now in English; absent for none.</param>
[NotPersonal("what is made known to everybody it addresses", "Body", "BodyEn")]
internal sealed record CorrectAnnouncementBody(string Title, string Body, string Correction, string? TitleEn = null, string? BodyEn = null);

internal sealed record CorrectAnnouncement(Guid Id, Caller Caller, ProjectScope Scope, CorrectAnnouncementBody Body) : ICommand<AnnouncementAnswer>;

internal sealed class CorrectAnnouncementValidator : AbstractValidator<CorrectAnnouncementBody>
{
    public CorrectAnnouncementValidator()
    {
        RuleFor(b => b.Title).IsTitle();
        RuleFor(b => b.Body).IsBody();
        RuleFor(b => b.Correction).NotEmpty().MaximumLength(500);
        RuleFor(b => b.TitleEn!).IsTitle().When(b => b.TitleEn is not null);
        RuleFor(b => b.BodyEn!).IsBody().When(b => b.BodyEn is not null);
    }
}

/// <summary>ORG-15: what was published is put right by a new edition that says so; staff read it again.</summary>
internal sealed class CorrectAnnouncementHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<CorrectAnnouncement, Answer<AnnouncementAnswer>>
{
    public async Task<Answer<AnnouncementAnswer>> Handle(CorrectAnnouncement request, CancellationToken cancellationToken)
    {
        var (id, caller, scope, b) = request;
        var announcement = await db.TakeAnnouncementAsync(scope, id, cancellationToken);
        context.EnsureCurrent(announcement.Version);
        var now = clock.GetCurrentInstant();
        db.Add(announcement.Correct(new AnnouncementText(b.Title, b.Body, b.TitleEn, b.BodyEn), b.Correction, caller.Subject, now));
        return AnnouncementAnswer.Of(announcement, now);
    }
}

internal static class CorrectAnnouncementEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/announcements/{id:guid}/correction", (Guid id, Body<CorrectAnnouncementBody> body, Call call) => call.Send(new CorrectAnnouncement(id, call.Caller, call.Scope, body.Value)))
        .Tells<AnnouncementAnswer>("correctAnnouncement", "Correct an announcement", "A new edition takes the place of the one before, and says what it corrects. Earlier editions stay on record; read marks count anew.", rules: "ORG-15")
        .About("announcement", "公告", (OrganizationDb db, Guid id, ProjectScope scope) => db.AnnouncementsUnder(scope).Where(a => a.Id == id))
        .Example(new { title = "二次供水设施清洗通知", body = "清洗改至本周日 9:00 至 12:00，期间停水。", correction = "清洗时间由周六改为周日。" })
        .Requires(OrganizationPermissions.PublishAnnouncements);
}
