using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Complaints.Features;

/// <param name="To">Who was told: the head's staff code or post.</param>
/// <param name="How">How: by phone, in person, by message.</param>
internal sealed record ReportToHeadBody(string To, [property: Personal(Datum.CustomerWords, Guard.TakenIn)] string How);

internal sealed record ReportToHead(Guid Id, ProjectScope Scope, ReportToHeadBody Body) : ICommand<CaseAnswer>;

internal sealed class ReportToHeadValidator : AbstractValidator<ReportToHeadBody>
{
    public ReportToHeadValidator()
    {
        RuleFor(b => b.To).NotEmpty().MaximumLength(100);
        RuleFor(b => b.How).NotEmpty().MaximumLength(200);
    }
}

/// <summary>CMP-13: a major complaint is reported to the head of asset management.</summary>
internal sealed class ReportToHeadHandler(ComplaintDesk desk) : IRequestHandler<ReportToHead, Answer<CaseAnswer>>
{
    public async Task<Answer<CaseAnswer>> Handle(ReportToHead request, CancellationToken cancellationToken)
    {
        var (complaint, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        complaint.ReportToHead(request.Body.To, request.Body.How, moment);
        return CaseAnswer.Of(complaint, moment);
    }
}

internal static class ReportToHeadEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/{id:guid}/head-report", (Guid id, Body<ReportToHeadBody> body, Call call) => call.Send(new ReportToHead(id, call.Scope, body.Value)))
        .Tells<CaseAnswer>("reportToHead", "Report a major complaint to the head", "Records who was told and how. Ends the report clock and starts that of the acknowledgement.", rules: "CMP-13")
        .Example(new { to = "demo.head", how = "电话" })
        .AboutComplaint()
        .Requires(ComplaintPermissions.Handle);
}
