using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Appraisals.Features;

internal sealed record SubmitAppraisal(Guid Id, ProjectScope Scope) : ICommand<AppraisalAnswer>;

/// <summary>ORG-14: the appraiser submits; from now on the figures are as they are at this moment.</summary>
internal sealed class SubmitAppraisalHandler(AppraisalDesk desk, OrganizationDb db, AppraisalFigures figures, OrganizationDirectory directory, CommandContext context, IClock clock)
    : IRequestHandler<SubmitAppraisal, Answer<AppraisalAnswer>>
{
    public async Task<Answer<AppraisalAnswer>> Handle(SubmitAppraisal request, CancellationToken cancellationToken)
    {
        var appraisal = await desk.TakeAsync(request.Id, db.Appraisals.VisibleIn(request.Scope), cancellationToken);
        var (project, now) = (directory.Current.FindProject(appraisal.Project)!, clock.GetCurrentInstant());
        var frozen = await figures.ReadAsync(appraisal.Criteria, appraisal.Staff, project.Code, appraisal.Period.In(project.Zone), cancellationToken);
        appraisal.Submit(frozen, directory.Current.Read(AppraisalPolicies.Grades, project, now).Value, project.Zone, context.Caller.Subject, now);
        return AppraisalAnswer.Of(appraisal, now);
    }
}

internal static class SubmitAppraisalEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/appraisals/{id:guid}/submission", (Guid id, Call call) => call.Send(new SubmitAppraisal(id, call.Scope)))
        .Tells<AppraisalAnswer>(
            "submitAppraisal", "Submit an appraisal",
            "Once the period has ended and every point by hand is given. The figures are frozen; the result is the weighted mean, computed exactly and rounded once, to two decimals, half up; a criterion with nothing to measure is left out with its weight. The person concerned is told.",
            rules: "ORG-14")
        .About("appraisal", "考核", (OrganizationDb db, Guid id, ProjectScope scope) => db.Appraisals.VisibleIn(scope).Where(a => a.Id == id))
        .Requires(OrganizationPermissions.Appraise);
}
