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

/// <param name="Reason">Why it is taken back.</param>
internal sealed record WithdrawAnnouncementBody([property: Personal(Datum.Reason, Guard.TakenIn)] string Reason);

internal sealed record WithdrawAnnouncement(Guid Id, ProjectScope Scope, WithdrawAnnouncementBody Body) : ICommand<AnnouncementAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class WithdrawAnnouncementValidator : AbstractValidator<WithdrawAnnouncementBody>
{
    public WithdrawAnnouncementValidator() => RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
}

/// <summary>ORG-15: an announcement is taken back, with a reason; it stays in the register.</summary>
internal sealed class WithdrawAnnouncementHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<WithdrawAnnouncement, Answer<AnnouncementAnswer>>
{
    public async Task<Answer<AnnouncementAnswer>> Handle(WithdrawAnnouncement request, CancellationToken cancellationToken)
    {
        var announcement = await db.TakeAnnouncementAsync(request.Scope, request.Id, cancellationToken);
        context.EnsureCurrent(announcement.Version);
        var now = clock.GetCurrentInstant();
        announcement.Withdraw(request.Body.Reason, now);
        return AnnouncementAnswer.Of(announcement, now);
    }
}

internal static class WithdrawAnnouncementEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/announcements/{id:guid}/withdrawal", (Guid id, Body<WithdrawAnnouncementBody> body, Call call) => call.Send(new WithdrawAnnouncement(id, call.Scope, body.Value)))
        .Tells<AnnouncementAnswer>("withdrawAnnouncement", "Withdraw an announcement", "Nobody reads it from now on; a draft is given up. It stays in the register with the reason.", rules: "ORG-15")
        .About("announcement", "公告", (OrganizationDb db, Guid id, ProjectScope scope) => db.AnnouncementsUnder(scope).Where(a => a.Id == id))
        .Example(new { reason = "施工单位改期" })
        .Requires(OrganizationPermissions.PublishAnnouncements);
}
