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
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Violations.Features;

/// <param name="TitleEn">Its name in English.</param>
/// <param name="TitleZh">Its name in Chinese.</param>
/// <param name="Meaning">What it is.</param>
/// <param name="Ladder">The sanctions of the first offence, the second, and so on, of what is recorded from now on.</param>
/// <param name="Reason">Why.</param>
/// <param name="WindowMonths">Offences within so many months of each other count, 1 to 120; all of them when absent.</param>
internal sealed record EditViolationKindBody(string TitleEn, string TitleZh, string Meaning, RungBody[] Ladder, [property: Personal(Datum.Reason, Guard.TakenIn)] string Reason, int? WindowMonths = null);

internal sealed record EditViolationKind(string Code, EditViolationKindBody Body) : ICommand<CodedAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class EditViolationKindValidator : AbstractValidator<EditViolationKindBody>
{
    public EditViolationKindValidator()
    {
        RuleFor(b => b.TitleEn).IsName();
        RuleFor(b => b.TitleZh).IsName();
        RuleFor(b => b.Meaning).NotEmpty().MaximumLength(2_000);
        RuleFor(b => b.Ladder).IsLadder();
        RuleFor(b => b.WindowMonths).InclusiveBetween(1, 120);
        RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
    }
}

/// <summary>ORG-13: a kind of violation says something else from now on; what was recorded keeps the version it was recorded under.</summary>
internal sealed class EditViolationKindHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<EditViolationKind, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(EditViolationKind request, CancellationToken cancellationToken)
    {
        var b = request.Body;
        await db.TakeNameAsync($"violation kind {request.Code}", cancellationToken);
        var kind = await db.ViolationKinds.SingleOrDefaultAsync(k => k.Code == request.Code, cancellationToken) ?? throw new NotFound("kind of violation", "违规种类");
        context.EnsureCurrent(kind.Version);
        var now = clock.GetCurrentInstant();
        db.ViolationKindVersions.Add(kind.Edit(new(b.TitleEn, b.TitleZh, b.Meaning, b.Ladder.ToLadder(b.WindowMonths)), context.Caller.Subject, b.Reason, now));
        return new(200, new CodedAnswer(kind.Code, kind.Version), new Deed("violationKind", kind.Code, Project: null, now), kind.Version);
    }
}

internal static class EditViolationKindEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/violation-kinds/{code}", (string code, Body<EditViolationKindBody> body, Call call) => call.Send(new EditViolationKind(code, body.Value)))
        .Tells<CodedAnswer>("editViolationKind", "Edit a kind of violation", "A new version, which counts for what is recorded from now on. Needs If-Match with the version that is listed.", rules: "ORG-13")
        .WithMetadata(new EditsSomething())
        .Example(new
        {
            titleEn = "Lateness", titleZh = "迟到", meaning = "未请假而晚于排班时间到岗。", windowMonths = 6, reason = "缩短计次周期",
            ladder = new[] { new { sanctions = new[] { new { measure = "verbalWarning" } } }, new { sanctions = new[] { new { measure = "writtenWarning" } } } },
        })
        .RequiresEverywhere(OrganizationPermissions.DefineViolations);
}
