using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Complaints.Features;

/// <param name="Result">What was found.</param>
internal sealed record VerifyComplaintBody([property: Personal(Datum.CustomerWords, Guard.TakenIn)] string Result);

internal sealed record VerifyComplaint(Guid Id, ProjectScope Scope, VerifyComplaintBody Body) : ICommand<CaseAnswer>;

internal sealed class VerifyComplaintValidator : AbstractValidator<VerifyComplaintBody>
{
    public VerifyComplaintValidator()
    {
        RuleFor(b => b.Result).NotEmpty().MaximumLength(4000);
    }
}

/// <summary>CMP-19: resolved → verified.</summary>
internal sealed class VerifyComplaintHandler(ComplaintDesk desk) : IRequestHandler<VerifyComplaint, Answer<CaseAnswer>>
{
    public async Task<Answer<CaseAnswer>> Handle(VerifyComplaint request, CancellationToken cancellationToken)
    {
        var (complaint, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        complaint.Verify(request.Body.Result, moment);
        return CaseAnswer.Of(complaint, moment);
    }
}

internal static class VerifyComplaintEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/{id:guid}/verification", (Guid id, Body<VerifyComplaintBody> body, Call call) => call.Send(new VerifyComplaint(id, call.Scope, body.Value)))
        .Tells<CaseAnswer>("verifyComplaint", "Verify the result", "The result was checked, on the spot or with the customer.", rules: "CMP-19")
        .Example(new { result = "现场查看，运行正常。" })
        .AboutComplaint()
        .Requires(ComplaintPermissions.Verify);
}
