using Crm.Organization.Access;
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

internal sealed record ConfirmAppraisal(Guid Id, ProjectScope Scope) : ICommand<AppraisalAnswer>;

/// <summary>ORG-14: a second person confirms.</summary>
internal sealed class ConfirmAppraisalHandler(AppraisalDesk desk, OrganizationDb db, OrganizationDirectory directory, CommandContext context, IClock clock) : IRequestHandler<ConfirmAppraisal, Answer<AppraisalAnswer>>
{
    public async Task<Answer<AppraisalAnswer>> Handle(ConfirmAppraisal request, CancellationToken cancellationToken)
    {
        var appraisal = await desk.TakeAsync(request.Id, db.Appraisals.VisibleIn(request.Scope), cancellationToken);
        var (organization, now) = (directory.Current, clock.GetCurrentInstant());
        var project = organization.FindProject(appraisal.Project)!;
        var unseen = organization.Give(organization.Read(AppraisalPolicies.Unseen, project, now).Value, project, appraisal.SubmittedAt ?? now, now).Value;
        appraisal.Confirm(unseen, context.Caller.Deciding("ORG-14"), now);
        return AppraisalAnswer.Of(appraisal, now);
    }
}

internal static class ConfirmAppraisalEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/appraisals/{id:guid}/confirmation", (Guid id, Call call) => call.Send(new ConfirmAppraisal(id, call.Scope)))
        .Tells<AppraisalAnswer>(
            "confirmAppraisal", "Confirm an appraisal",
            "By somebody who is neither the person concerned nor the appraiser, once the person concerned has looked at it, or has had the time to. From then on it stays as it is.", rules: "ORG-14")
        .About("appraisal", "考核", (OrganizationDb db, Guid id, ProjectScope scope) => db.Appraisals.VisibleIn(scope).Where(a => a.Id == id))
        .Requires(OrganizationPermissions.ConfirmAppraisals);
}
