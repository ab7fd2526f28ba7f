using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Features;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Announcements.Features;

/// <param name="Audience">Whom it addresses.</param>
/// <param name="Reach">The projects it names, or every project.</param>
/// <param name="Projects">Those projects, each once; empty for every project.</param>
/// <param name="Title">What it is about, in Chinese.</param>
/// <param name="Body">What it says, in Chinese.</param>
/// <param name="Pinned">It stands above the others.</param>
/// <param name="TitleEn">The title in English; absent for none.</param>
/// <param name="BodyEn">What it says in English; absent for none.</param>
[NotPersonal("what is made known to everybody it addresses", "Body", "BodyEn")]
internal sealed record AnnouncementBody(
    AnnouncementAudience Audience, AnnouncementReach Reach, string[] Projects, string Title, string Body, bool Pinned = false, string? TitleEn = null, string? BodyEn = null)
{
    public AnnouncementAddress Address() => new(Audience, Reach, Projects, Pinned);

    public AnnouncementText Text() => new(Title, Body, TitleEn, BodyEn);
}

internal sealed record DraftAnnouncement(Caller Caller, ProjectScope Scope, AnnouncementBody Body) : ICommand<AnnouncementAnswer>;

/// <param name="Id">What other calls name it by.</param>
/// <param name="State">How it stands now.</param>
/// <param name="Edition">The valid edition; 0 for a draft.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record AnnouncementAnswer(Guid Id, AnnouncementState State, int Edition, int Version) : IVersioned
{
    /// <summary>The answer of a command.</summary>
    public static Answer<AnnouncementAnswer> Of(Announcement a, Instant now, int status = 200) => new(
        status, new AnnouncementAnswer(a.Id, a.StateAt(now), a.Edition, a.Version), new Deed("announcement", a.Id.ToString(), a.Project, now), a.Version,
        status == 201 ? $"/api/v1/announcements/register/{a.Id}" : null);
}

internal sealed class AnnouncementBodyValidator : AbstractValidator<AnnouncementBody>
{
    private const int MostProjects = 200;

    public AnnouncementBodyValidator()
    {
        RuleForEach(b => b.Projects).NotEmpty().IsCode();
        RuleFor(b => b.Projects).Must((b, projects) => b.Reach == AnnouncementReach.Everywhere ? projects.Length == 0 : projects.Length is >= 1 and <= MostProjects && projects.Distinct().Count() == projects.Length)
            .WithMessage(_ => new Text($"1 to {MostProjects} projects, each once, where reach is projects; none where it is everywhere", $"reach 为 projects 时填写 1 到 {MostProjects} 个不重复的项目；为 everywhere 时不填").Localized);
        RuleFor(b => b.Title).IsTitle();
        RuleFor(b => b.Body).IsBody();
        RuleFor(b => b.TitleEn!).IsTitle().When(b => b.TitleEn is not null);
        RuleFor(b => b.BodyEn!).IsBody().When(b => b.BodyEn is not null);
    }
}

/// <summary>ORG-15: what an announcement's texts may be.</summary>
internal static class AnnouncementTexts
{
    public static IRuleBuilderOptions<T, string> IsTitle<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MaximumLength(200);

    public static IRuleBuilderOptions<T, string> IsBody<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MaximumLength(20_000);
}

/// <summary>ORG-15: an announcement begins as a draft, which only those see who write for all its projects.</summary>
internal sealed class DraftAnnouncementHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<DraftAnnouncement, Answer<AnnouncementAnswer>>
{
    public Task<Answer<AnnouncementAnswer>> Handle(DraftAnnouncement request, CancellationToken cancellationToken)
    {
        var (caller, scope, body) = request;
        directory.Current.EnsureMayAddress(scope, body.Address());
        var now = clock.GetCurrentInstant();
        var announcement = new Announcement(body.Address(), body.Text(), caller.Subject, now);
        db.Add(announcement);
        return Task.FromResult(AnnouncementAnswer.Of(announcement, now, status: 201));
    }
}

internal static class DraftAnnouncementEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/announcements", (Body<AnnouncementBody> body, Call call) => call.Send(new DraftAnnouncement(call.Caller, call.Scope, body.Value)))
        .Tells<AnnouncementAnswer>("draftAnnouncement", "Write an announcement", "A draft for residents, staff or both of some projects, or of all. Nobody reads it before it is published.", status: 201, rules: "ORG-15")
        .WithMetadata(new CreatesSomething())
        .Example(new { audience = "both", reach = "projects", projects = new[] { "demo" }, title = "二次供水设施清洗通知", body = "本周六 9:00 至 12:00 清洗水箱，期间停水，请提前储水。", pinned = true, titleEn = "Water tanks are cleaned", bodyEn = "No water on Saturday from 9:00 to 12:00." })
        .Requires(OrganizationPermissions.WriteAnnouncements);
}
