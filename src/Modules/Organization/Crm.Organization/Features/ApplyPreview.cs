using System.Text.Json;
using Crm.Organization.Access;
using Crm.Organization.Calendar;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Reason">Why.</param>
/// <param name="MoveDeadlines">True: the deadlines the preview names are moved. False: the change counts for new deadlines only.</param>
internal sealed record ApplyPreviewBody([property: Personal(Datum.Reason, Guard.TakenIn)] string Reason, bool MoveDeadlines);

internal sealed record ApplyPreview(Guid Id, ChangeKind Kind, ProjectScope Scope, ApplyPreviewBody Body) : ICommand<PreviewDone>, IGivesReason
{
    public string Reason => Body.Reason;
}

/// <param name="Id">The preview.</param>
/// <param name="Deadlines">How many deadlines are being moved; what became of each stands in the preview's list.</param>
/// <param name="AppliedAt">From this instant on the change counts, or later if it says so itself.</param>
/// <param name="Version">Grows when it is applied.</param>
internal sealed record PreviewDone(Guid Id, int Deadlines, Instant AppliedAt, int Version) : IVersioned;

internal sealed class ApplyPreviewValidator : AbstractValidator<ApplyPreviewBody>
{
    public ApplyPreviewValidator() => RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
}

/// <summary>ORG-07, ORG-08: puts a previewed change into force. Exactly the deadlines it names are moved, each at most once, unless they have ended or passed by then.</summary>
internal sealed class ApplyPreviewHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<ApplyPreview, Answer<PreviewDone>>
{
    public async Task<Answer<PreviewDone>> Handle(ApplyPreview request, CancellationToken cancellationToken)
    {
        await db.LockAsync<ChangePreview>(request.Id, cancellationToken);
        var preview = await db.Previews.VisibleIn(request.Scope, request.Kind).SingleOrDefaultAsync(p => p.Id == request.Id, cancellationToken) ?? throw new NotFound("preview", "预览");
        context.EnsureCurrent(preview.Version);
        await db.TakeNameAsync("calendar", cancellationToken);
        var calendarVersion = await db.Corrections.CountAsync(cancellationToken);
        var proposal = preview.Kind == ChangeKind.Policy ? JsonSerializer.Deserialize<PolicyProposal>(preview.Change, CrmJson.Options)! : null;
        if (proposal is not null) await db.TakePolicyAsync(proposal.Project, proposal.Name, cancellationToken);
        var policyVersion = proposal is null ? 0 : await db.LastVersionAsync(proposal.Project, proposal.Name, cancellationToken);

        var (now, by, reason) = (clock.GetCurrentInstant(), context.Caller.Subject, request.Body.Reason);
        preview.Apply(request.Body.MoveDeadlines, reason, new ChangeBasis(policyVersion, calendarVersion), by, now);
        if (proposal is not null)
            db.AddNext(proposal, policyVersion, Instant.Max(now, proposal.EffectiveFrom ?? now), by, reason, now);
        else
            db.Corrections.Add(new AppliedCorrection { Number = calendarVersion + 1, Json = preview.Change, ChangedBy = by, Reason = reason, ChangedAt = now });
        await db.ChangeDirectoryAsync(cancellationToken);
        return new(
            200, new PreviewDone(preview.Id, request.Body.MoveDeadlines ? preview.Deadlines : 0, now, preview.Version),
            new Deed("preview", preview.Id.ToString(), preview.Project, now), preview.Version);
    }
}

internal static class ApplyPreviewEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, ChangeKind.Policy, "applyPolicyPreview", OrganizationPermissions.SetPolicies);
        Map(routes, ChangeKind.Calendar, "applyCalendarPreview", OrganizationPermissions.SetCalendar);
    }

    private static void Map(IEndpointRouteBuilder routes, ChangeKind kind, string name, Permission permission) => routes
        .MapPost($"/{Previews.Path(kind)}/previews/{{id:guid}}/application", (Guid id, Body<ApplyPreviewBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new ApplyPreview(id, kind, call.Scope, body.Value)), ct))
        .Tells<PreviewDone>(
            name, "Apply a preview",
            "Puts the previewed change into force and moves exactly the deadlines it named, unless they have ended or passed by then. Refused (409) when the preview is stale: then make a new one.", rules: "ORG-07, ORG-08")
        .Example(new { reason = "the developer's new promise", moveDeadlines = true })
        .AboutPreview(kind)
        .RequiresFor(kind, permission);
}
