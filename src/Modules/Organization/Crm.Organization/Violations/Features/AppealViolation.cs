using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Violations.Features;

/// <param name="Reason">Why it should not stand.</param>
internal sealed record AppealViolationBody([property: Personal(Datum.StaffWords, Guard.TakenIn)] string Reason);

internal sealed record AppealViolation(Guid Id, string Staff, AppealViolationBody Body) : ICommand<ViolationAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class AppealViolationValidator : AbstractValidator<AppealViolationBody>
{
    public AppealViolationValidator() => RuleFor(b => b.Reason).NotEmpty().MaximumLength(2_000);
}

/// <summary>ORG-13: the person concerned appeals, once, within the time the policy gives.</summary>
internal sealed class AppealViolationHandler(ViolationRegister register, OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<AppealViolation, Answer<ViolationAnswer>>
{
    public async Task<Answer<ViolationAnswer>> Handle(AppealViolation request, CancellationToken cancellationToken)
    {
        var violation = await register.TakeAsync(request.Id, db.Violations.Where(v => v.Staff == request.Staff), context, cancellationToken);
        var now = clock.GetCurrentInstant();
        violation.Appeal(request.Body.Reason, context.Caller.Subject, now);
        return ViolationAnswer.Of(violation, now);
    }
}

internal static class AppealViolationEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/violations/{id:guid}/appeal", (Guid id, Body<AppealViolationBody> body, Call call) => call.Send(new AppealViolation(id, OwnRecord.OwnerOf(call.Caller), body.Value)))
        .Tells<ViolationAnswer>("appealViolation", "Appeal against a violation", "You say why what is recorded against you should not stand. Somebody who did not record it decides; until then it counts.", rules: "ORG-13")
        .AboutOnesOwn("violation", "违规记录", (OrganizationDb db, Guid id, string staff) => db.Violations.Where(v => v.Id == id && v.Staff == staff))
        .Example(new { reason = "当日已请假，主管已批准。" })
        .Requires(OrganizationPermissions.OwnRecord);
}
