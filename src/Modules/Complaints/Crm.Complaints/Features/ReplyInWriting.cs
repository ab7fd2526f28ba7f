using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Complaints.Features;

/// <param name="Content">The reply, word for word.</param>
internal sealed record ReplyInWritingBody([property: Personal(Datum.CustomerWords, Guard.TakenIn)] string Content);

internal sealed record ReplyInWriting(Guid Id, ProjectScope Scope, ReplyInWritingBody Body) : ICommand<CaseAnswer>;

internal sealed class ReplyInWritingValidator : AbstractValidator<ReplyInWritingBody>
{
    public ReplyInWritingValidator()
    {
        RuleFor(b => b.Content).NotEmpty().MaximumLength(10000);
    }
}

/// <summary>CMP-23: the written reply is attached to the case.</summary>
internal sealed class ReplyInWritingHandler(ComplaintDesk desk) : IRequestHandler<ReplyInWriting, Answer<CaseAnswer>>
{
    public async Task<Answer<CaseAnswer>> Handle(ReplyInWriting request, CancellationToken cancellationToken)
    {
        var (complaint, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        complaint.ReplyInWriting(request.Body.Content, moment);
        return CaseAnswer.Of(complaint, moment);
    }
}

internal static class ReplyInWritingEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/{id:guid}/written-reply", (Guid id, Body<ReplyInWritingBody> body, Call call) => call.Send(new ReplyInWriting(id, call.Scope, body.Value)))
        .Tells<CaseAnswer>("replyInWriting", "Attach the written reply", "The reply to a superior authority, or to somebody who is not visited; or the note that there is nobody to write to.", rules: "CMP-23")
        .Example(new { content = "贵单位转来的投诉件已办结，现答复如下……" })
        .AboutComplaint()
        .Requires(ComplaintPermissions.Handle);
}
