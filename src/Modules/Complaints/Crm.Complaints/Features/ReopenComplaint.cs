using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Complaints.Features;

/// <param name="Reason">Why.</param>
internal sealed record ReopenComplaintBody([property: Personal(Datum.CustomerWords, Guard.TakenIn)] string Reason);

internal sealed record ReopenComplaint(Guid Id, ProjectScope Scope, ReopenComplaintBody Body) : ICommand<CaseAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class ReopenComplaintValidator : AbstractValidator<ReopenComplaintBody>
{
    public ReopenComplaintValidator()
    {
        RuleFor(b => b.Reason).NotEmpty().MaximumLength(1000);
    }
}

/// <summary>CMP-19: reopened from resolved or later.</summary>
internal sealed class ReopenComplaintHandler(ComplaintDesk desk) : IRequestHandler<ReopenComplaint, Answer<CaseAnswer>>
{
    public async Task<Answer<CaseAnswer>> Handle(ReopenComplaint request, CancellationToken cancellationToken)
    {
        var (complaint, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        complaint.Reopen(request.Body.Reason, moment);
        return CaseAnswer.Of(complaint, moment);
    }
}

internal static class ReopenComplaintEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/{id:guid}/reopening", (Guid id, Body<ReopenComplaintBody> body, Call call) => call.Send(new ReopenComplaint(id, call.Scope, body.Value)))
        .Tells<CaseAnswer>("reopenComplaint", "Reopen a case", "Begins a new numbered cycle with fresh clocks; the cycles before stay as they are.", rules: "CMP-19, CMP-20")
        .Example(new { reason = "客户反映故障再次出现" })
        .AboutComplaint()
        .Requires(ComplaintPermissions.Reopen);
}
