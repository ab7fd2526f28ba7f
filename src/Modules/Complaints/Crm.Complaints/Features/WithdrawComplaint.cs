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
internal sealed record WithdrawComplaintBody([property: Personal(Datum.CustomerWords, Guard.TakenIn)] string Reason);

internal sealed record WithdrawComplaint(Guid Id, ProjectScope Scope, WithdrawComplaintBody Body) : ICommand<CaseAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class WithdrawComplaintValidator : AbstractValidator<WithdrawComplaintBody>
{
    public WithdrawComplaintValidator()
    {
        RuleFor(b => b.Reason).NotEmpty().MaximumLength(1000);
    }
}

/// <summary>CMP-19: withdrawn, a side exit.</summary>
internal sealed class WithdrawComplaintHandler(ComplaintDesk desk) : IRequestHandler<WithdrawComplaint, Answer<CaseAnswer>>
{
    public async Task<Answer<CaseAnswer>> Handle(WithdrawComplaint request, CancellationToken cancellationToken)
    {
        var (complaint, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        complaint.Withdraw(request.Body.Reason, moment);
        return CaseAnswer.Of(complaint, moment);
    }
}

internal static class WithdrawComplaintEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/{id:guid}/withdrawal", (Guid id, Body<WithdrawComplaintBody> body, Call call) => call.Send(new WithdrawComplaint(id, call.Scope, body.Value)))
        .Tells<CaseAnswer>("withdrawComplaint", "Withdraw a case", "The customer takes it back; running clocks are cancelled.", rules: "CMP-19")
        .Example(new { reason = "客户表示问题已自行解决" })
        .AboutComplaint()
        .Requires(ComplaintPermissions.Withdraw);
}
