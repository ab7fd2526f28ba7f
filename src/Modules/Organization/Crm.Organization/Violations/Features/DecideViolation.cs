using Crm.Organization.Access;
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

/// <param name="Decision">It stands, or it was none.</param>
/// <param name="Reason">Why; the person concerned reads it.</param>
internal sealed record DecideViolationBody(ViolationDecision Decision, [property: Personal(Datum.StaffWords, Guard.TakenIn)] string Reason);

internal sealed record DecideViolation(Guid Id, ProjectScope Scope, DecideViolationBody Body) : ICommand<ViolationAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class DecideViolationValidator : AbstractValidator<DecideViolationBody>
{
    public DecideViolationValidator() => RuleFor(b => b.Reason).NotEmpty().MaximumLength(2_000);
}

/// <summary>ORG-13: somebody else decides. One that was overturned counts no more, and those recorded after it are counted anew.</summary>
internal sealed class DecideViolationHandler(ViolationRegister register, OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<DecideViolation, Answer<ViolationAnswer>>
{
    public async Task<Answer<ViolationAnswer>> Handle(DecideViolation request, CancellationToken cancellationToken)
    {
        var violation = await register.TakeAsync(request.Id, db.Violations.VisibleIn(request.Scope), context, cancellationToken);
        var now = clock.GetCurrentInstant();
        violation.Decide(request.Body.Decision, request.Body.Reason, context.Caller.Deciding("ORG-13"), now);
        if (violation.State == ViolationState.Overturned) await register.RecountAfterAsync(violation, now, cancellationToken);
        return ViolationAnswer.Of(violation, now);
    }
}

internal static class DecideViolationEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/violations/{id:guid}/decision", (Guid id, Body<DecideViolationBody> body, Call call) => call.Send(new DecideViolation(id, call.Scope, body.Value)))
        .Tells<ViolationAnswer>(
            "decideViolation", "Uphold or overturn a violation",
            "Neither by who recorded it nor by the person concerned. Without an appeal it can only be overturned. One that was overturned counts no more: each later one of its kind is counted anew, and becomes an earlier offence with its lesser sanction; the person is told of each.",
            rules: "ORG-13")
        .Example(new { decision = "overturned", reason = "核实当日确已请假。" })
        .About("violation", "违规记录", (OrganizationDb db, Guid id, ProjectScope scope) => db.Violations.VisibleIn(scope).Where(v => v.Id == id))
        .Requires(OrganizationPermissions.DecideViolations);
}
