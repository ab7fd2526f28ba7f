using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Complaints.Features;

/// <param name="Severity">The new severity, one of the project's scale.</param>
/// <param name="Reason">Why.</param>
internal sealed record ChangeSeverityBody(Severity Severity, [property: Personal(Datum.CustomerWords, Guard.TakenIn)] string Reason);

internal sealed record ChangeSeverity(Guid Id, ProjectScope Scope, ChangeSeverityBody Body) : ICommand<CaseAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class ChangeSeverityValidator : AbstractValidator<ChangeSeverityBody>
{
    public ChangeSeverityValidator()
    {
        RuleFor(b => b.Reason).NotEmpty().MaximumLength(1000);
    }
}

/// <summary>CMP-04, CMP-29: the severity is changed by hand, with a reason.</summary>
internal sealed class ChangeSeverityHandler(ComplaintDesk desk) : IRequestHandler<ChangeSeverity, Answer<CaseAnswer>>
{
    public async Task<Answer<CaseAnswer>> Handle(ChangeSeverity request, CancellationToken cancellationToken)
    {
        var (complaint, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        complaint.ChangeSeverity(request.Body.Severity, request.Body.Reason, moment);
        return CaseAnswer.Of(complaint, moment);
    }
}

internal static class ChangeSeverityEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/{id:guid}/severity", (Guid id, Body<ChangeSeverityBody> body, Call call) => call.Send(new ChangeSeverity(id, call.Scope, body.Value)))
        .Tells<CaseAnswer>("changeSeverity", "Change the severity", "Clocks that no longer apply are cancelled; those that apply again keep the time already used. Both deadlines stay visible in the clocks.", rules: "CMP-04, CMP-29")
        .Example(new { severity = "major", reason = "客户提出赔偿要求" })
        .AboutComplaint()
        .Requires(ComplaintPermissions.Classify);
}
