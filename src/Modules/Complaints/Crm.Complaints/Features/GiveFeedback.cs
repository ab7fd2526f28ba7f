using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Complaints.Features;

/// <param name="Content">What the customer was told.</param>
internal sealed record GiveFeedbackBody([property: Personal(Datum.CustomerWords, Guard.TakenIn)] string Content);

internal sealed record GiveFeedback(Guid Id, ProjectScope Scope, GiveFeedbackBody Body) : ICommand<CaseAnswer>;

internal sealed class GiveFeedbackValidator : AbstractValidator<GiveFeedbackBody>
{
    public GiveFeedbackValidator()
    {
        RuleFor(b => b.Content).NotEmpty().MaximumLength(4000);
    }
}

/// <summary>CMP-09: the customer hears from us within the time, and on the way whenever something changes.</summary>
internal sealed class GiveFeedbackHandler(ComplaintDesk desk) : IRequestHandler<GiveFeedback, Answer<CaseAnswer>>
{
    public async Task<Answer<CaseAnswer>> Handle(GiveFeedback request, CancellationToken cancellationToken)
    {
        var (complaint, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        complaint.GiveFeedback(request.Body.Content, moment);
        return CaseAnswer.Of(complaint, moment);
    }
}

internal static class GiveFeedbackEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/{id:guid}/customer-feedback", (Guid id, Body<GiveFeedbackBody> body, Call call) => call.Send(new GiveFeedback(id, call.Scope, body.Value)))
        .Tells<CaseAnswer>("giveFeedback", "Tell the customer how it stands", "Records what the customer was told. The first feedback of a cycle ends its feedback clock.", rules: "CMP-09")
        .Example(new { content = "已安排维修人员上门，今晚恢复运行。" })
        .AboutComplaint()
        .Requires(ComplaintPermissions.Handle);
}
