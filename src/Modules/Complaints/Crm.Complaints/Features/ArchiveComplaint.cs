using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Complaints.Features;

internal sealed record ArchiveComplaint(Guid Id, ProjectScope Scope) : ICommand<CaseAnswer>;

/// <summary>CMP-19, CMP-23: verified → archived.</summary>
internal sealed class ArchiveComplaintHandler(ComplaintDesk desk) : IRequestHandler<ArchiveComplaint, Answer<CaseAnswer>>
{
    public async Task<Answer<CaseAnswer>> Handle(ArchiveComplaint request, CancellationToken cancellationToken)
    {
        var (complaint, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        complaint.Archive(moment);
        return CaseAnswer.Of(complaint, moment);
    }
}

internal static class ArchiveComplaintEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/{id:guid}/archive", (Guid id, Call call) => call.Send(new ArchiveComplaint(id, call.Scope)))
        .Tells<CaseAnswer>("archiveComplaint", "File a case", "Verified → archived. A case without a return visit needs its written reply first.", rules: "CMP-19, CMP-23")
        .AboutComplaint()
        .Requires(ComplaintPermissions.Archive);
}
