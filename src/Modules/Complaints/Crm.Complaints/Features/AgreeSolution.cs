using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Complaints.Features;

/// <param name="Content">What was agreed.</param>
internal sealed record AgreeSolutionBody([property: Personal(Datum.CustomerWords, Guard.TakenIn)] string Content);

internal sealed record AgreeSolution(Guid Id, ProjectScope Scope, AgreeSolutionBody Body) : ICommand<CaseAnswer>;

internal sealed class AgreeSolutionValidator : AbstractValidator<AgreeSolutionBody>
{
    public AgreeSolutionValidator()
    {
        RuleFor(b => b.Content).NotEmpty().MaximumLength(4000);
    }
}

/// <summary>CMP-14: a solution is agreed with the customer and carried out.</summary>
internal sealed class AgreeSolutionHandler(ComplaintDesk desk) : IRequestHandler<AgreeSolution, Answer<CaseAnswer>>
{
    public async Task<Answer<CaseAnswer>> Handle(AgreeSolution request, CancellationToken cancellationToken)
    {
        var (complaint, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        complaint.AgreeSolution(request.Body.Content, moment);
        return CaseAnswer.Of(complaint, moment);
    }
}

internal static class AgreeSolutionEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/{id:guid}/agreed-solution", (Guid id, Body<AgreeSolutionBody> body, Call call) => call.Send(new AgreeSolution(id, call.Scope, body.Value)))
        .Tells<CaseAnswer>("agreeSolution", "Record the solution agreed with the customer", "Whether the agreement alone ends the solution clock, or only its completion by resolution, is a policy value.", rules: "CMP-14")
        .Example(new { content = "更换控制板，三日内完成，减免当月电梯费。" })
        .AboutComplaint()
        .Requires(ComplaintPermissions.Handle);
}
