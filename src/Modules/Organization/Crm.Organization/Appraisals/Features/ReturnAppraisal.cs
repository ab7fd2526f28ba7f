using Crm.Organization.Access;
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

namespace Crm.Organization.Appraisals.Features;

/// <param name="Reason">Why; the appraiser reads it.</param>
internal sealed record ReturnAppraisalBody([property: Personal(Datum.StaffWords, Guard.TakenIn)] string Reason);

internal sealed record ReturnAppraisal(Guid Id, ProjectScope Scope, ReturnAppraisalBody Body) : ICommand<AppraisalAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class ReturnAppraisalValidator : AbstractValidator<ReturnAppraisalBody>
{
    public ReturnAppraisalValidator() => RuleFor(b => b.Reason).NotEmpty().MaximumLength(2_000);
}

/// <summary>ORG-14: a second person gives it back to the appraiser.</summary>
internal sealed class ReturnAppraisalHandler(AppraisalDesk desk, OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<ReturnAppraisal, Answer<AppraisalAnswer>>
{
    public async Task<Answer<AppraisalAnswer>> Handle(ReturnAppraisal request, CancellationToken cancellationToken)
    {
        var appraisal = await desk.TakeAsync(request.Id, db.Appraisals.VisibleIn(request.Scope), cancellationToken);
        var now = clock.GetCurrentInstant();
        appraisal.Return(request.Body.Reason, context.Caller.Deciding("ORG-14"), now);
        return AppraisalAnswer.Of(appraisal, now);
    }
}

internal static class ReturnAppraisalEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/appraisals/{id:guid}/return", (Guid id, Body<ReturnAppraisalBody> body, Call call) => call.Send(new ReturnAppraisal(id, call.Scope, body.Value)))
        .Tells<AppraisalAnswer>("returnAppraisal", "Return an appraisal", "By somebody who is neither the person concerned nor the appraiser: it becomes a draft again, to be submitted anew with the figures of then. What it was submitted with stays in its history.", rules: "ORG-14")
        .Example(new { reason = "态度一项请补充依据。" })
        .About("appraisal", "考核", (OrganizationDb db, Guid id, ProjectScope scope) => db.Appraisals.VisibleIn(scope).Where(a => a.Id == id))
        .Requires(OrganizationPermissions.ConfirmAppraisals);
}
