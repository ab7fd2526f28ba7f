using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Complaints.Features;

internal sealed record AcknowledgeByHead(Guid Id, ProjectScope Scope) : ICommand<CaseAnswer>;

/// <summary>CMP-13: the head's acknowledgement has a clock of its own.</summary>
internal sealed class AcknowledgeByHeadHandler(ComplaintDesk desk) : IRequestHandler<AcknowledgeByHead, Answer<CaseAnswer>>
{
    public async Task<Answer<CaseAnswer>> Handle(AcknowledgeByHead request, CancellationToken cancellationToken)
    {
        var (complaint, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        complaint.AcknowledgeByHead(moment);
        return CaseAnswer.Of(complaint, moment);
    }
}

internal static class AcknowledgeByHeadEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/{id:guid}/head-acknowledgement", (Guid id, Call call) => call.Send(new AcknowledgeByHead(id, call.Scope)))
        .Tells<CaseAnswer>("acknowledgeByHead", "Acknowledge a major complaint as the head", "The head has taken note. Before any report, this ends the report clock as well.", rules: "CMP-13")
        .AboutComplaint()
        .Requires(ComplaintPermissions.Acknowledge);
}
