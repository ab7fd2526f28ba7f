using Crm.Organization.Data;
using Crm.Organization.Violations.Features;
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

/// <param name="Comment">What you say to it; absent for nothing.</param>
internal sealed record AcknowledgeAppraisalBody([property: Personal(Datum.StaffWords, Guard.TakenIn)] string? Comment = null);

internal sealed record AcknowledgeAppraisal(Guid Id, string Staff, AcknowledgeAppraisalBody Body) : ICommand<AppraisalAnswer>;

internal sealed class AcknowledgeAppraisalValidator : AbstractValidator<AcknowledgeAppraisalBody>
{
    public AcknowledgeAppraisalValidator() => RuleFor(b => b.Comment).MaximumLength(2_000);
}

/// <summary>ORG-14: the person concerned has looked at it.</summary>
internal sealed class AcknowledgeAppraisalHandler(AppraisalDesk desk, OrganizationDb db, IClock clock) : IRequestHandler<AcknowledgeAppraisal, Answer<AppraisalAnswer>>
{
    public async Task<Answer<AppraisalAnswer>> Handle(AcknowledgeAppraisal request, CancellationToken cancellationToken)
    {
        var appraisal = await desk.TakeAsync(request.Id, db.Appraisals.OwnOf(request.Staff), cancellationToken);
        var now = clock.GetCurrentInstant();
        appraisal.See(request.Body.Comment, now);
        return AppraisalAnswer.Of(appraisal, now);
    }
}

internal static class AcknowledgeAppraisalEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/appraisals/{id:guid}/acknowledgement", (Guid id, Body<AcknowledgeAppraisalBody> body, Call call) => call.Send(new AcknowledgeAppraisal(id, OwnRecord.OwnerOf(call.Caller), body.Value)))
        .Tells<AppraisalAnswer>("acknowledgeAppraisal", "Acknowledge your appraisal", "You have looked at it, and say what you have to say to it. It does not mean that you agree.", rules: "ORG-14")
        .Example(new { comment = "同意。" })
        .AboutOnesOwn("appraisal", "考核", (OrganizationDb db, Guid id, string staff) => db.Appraisals.OwnOf(staff).Where(a => a.Id == id))
        .Requires(OrganizationPermissions.OwnRecord);
}
