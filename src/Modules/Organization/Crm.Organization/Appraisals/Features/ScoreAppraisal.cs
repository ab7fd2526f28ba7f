using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Appraisals.Features;

/// <param name="Scores">The points you give by hand, 0 to 100, each criterion once, in place of all that you gave before.</param>
internal sealed record ScoreAppraisalBody(GivenPoints[] Scores);

internal sealed record ScoreAppraisal(Guid Id, ProjectScope Scope, ScoreAppraisalBody Body) : ICommand<AppraisalAnswer>;

internal sealed class ScoreAppraisalValidator : AbstractValidator<ScoreAppraisalBody>
{
    public ScoreAppraisalValidator() => RuleFor(b => b.Scores)
        .Must(scores => scores.Length <= 30 && scores.All(s => s is { Points: >= 0 and <= 100 }) && scores.DistinctBy(s => s.Criterion).Count() == scores.Length)
        .WithMessage(_ => new Text("must be points of 0 to 100, each criterion once", "应为 0 到 100 的评分，每个项目只出现一次").Localized);
}

/// <summary>ORG-14: the appraiser gives points.</summary>
internal sealed class ScoreAppraisalHandler(AppraisalDesk desk, OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<ScoreAppraisal, Answer<AppraisalAnswer>>
{
    public async Task<Answer<AppraisalAnswer>> Handle(ScoreAppraisal request, CancellationToken cancellationToken)
    {
        var appraisal = await desk.TakeAsync(request.Id, db.Appraisals.VisibleIn(request.Scope), cancellationToken);
        appraisal.Score(request.Body.Scores, context.Caller.Subject);
        return AppraisalAnswer.Of(appraisal, clock.GetCurrentInstant());
    }
}

internal static class ScoreAppraisalEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/appraisals/{id:guid}/scores", (Guid id, Body<ScoreAppraisalBody> body, Call call) => call.Send(new ScoreAppraisal(id, call.Scope, body.Value)))
        .Tells<AppraisalAnswer>("scoreAppraisal", "Give the points of an appraisal", "The points that the appraiser gives by hand. Needs If-Match.", rules: "ORG-14")
        .WithMetadata(new EditsSomething())
        .Example(new { scores = new[] { new { criterion = "attitude", points = 92 } } })
        .About("appraisal", "考核", (OrganizationDb db, Guid id, ProjectScope scope) => db.Appraisals.VisibleIn(scope).Where(a => a.Id == id))
        .Requires(OrganizationPermissions.Appraise);
}
