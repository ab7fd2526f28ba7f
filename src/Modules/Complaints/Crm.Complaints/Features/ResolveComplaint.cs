using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Complaints.Features;

/// <param name="Summary">What was done.</param>
internal sealed record ResolveComplaintBody([property: Personal(Datum.CustomerWords, Guard.TakenIn)] string Summary);

internal sealed record ResolveComplaint(Guid Id, ProjectScope Scope, ResolveComplaintBody Body) : ICommand<CaseAnswer>;

internal sealed class ResolveComplaintValidator : AbstractValidator<ResolveComplaintBody>
{
    public ResolveComplaintValidator()
    {
        RuleFor(b => b.Summary).NotEmpty().MaximumLength(4000);
    }
}

/// <summary>CMP-19, CMP-20: accepted → resolved; the return visit is planned from the event.</summary>
internal sealed class ResolveComplaintHandler(ComplaintDesk desk) : IRequestHandler<ResolveComplaint, Answer<CaseAnswer>>
{
    public async Task<Answer<CaseAnswer>> Handle(ResolveComplaint request, CancellationToken cancellationToken)
    {
        var (complaint, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        complaint.Resolve(request.Body.Summary, moment);
        return CaseAnswer.Of(complaint, moment);
    }
}

internal static class ResolveComplaintEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/{id:guid}/resolution", (Guid id, Body<ResolveComplaintBody> body, Call call) => call.Send(new ResolveComplaint(id, call.Scope, body.Value)))
        .Tells<CaseAnswer>("resolveComplaint", "Resolve a case", "The matter is settled. Ends every clock of the cycle and, for a complainant who left a name, plans the return call within 24 hours.", rules: "CMP-19, CMP-20, CMP-23")
        .Example(new { summary = "控制板已更换，电梯恢复运行，已电话告知客户。" })
        .AboutComplaint()
        .Requires(ComplaintPermissions.Handle);
}
