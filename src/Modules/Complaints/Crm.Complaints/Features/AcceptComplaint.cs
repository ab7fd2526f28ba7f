using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Complaints.Features;

internal sealed record AcceptComplaint(Guid Id, ProjectScope Scope) : ICommand<CaseAnswer>;

/// <summary>CMP-19: registered → accepted, or reopened → accepted.</summary>
internal sealed class AcceptComplaintHandler(ComplaintDesk desk) : IRequestHandler<AcceptComplaint, Answer<CaseAnswer>>
{
    public async Task<Answer<CaseAnswer>> Handle(AcceptComplaint request, CancellationToken cancellationToken)
    {
        var (complaint, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        complaint.Accept(moment);
        return CaseAnswer.Of(complaint, moment);
    }
}

internal static class AcceptComplaintEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/{id:guid}/acceptance", (Guid id, Call call) => call.Send(new AcceptComplaint(id, call.Scope)))
        .Tells<CaseAnswer>("acceptComplaint", "Accept a case", "You take the case in hand.", rules: "CMP-19")
        .AboutComplaint()
        .Requires(ComplaintPermissions.Handle);
}
