using Crm.Organization.Access;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

internal sealed record SignLeave(Guid Id, Caller Caller, ProjectScope Scope) : ICommand<LeaveAnswer>;

/// <param name="Reason">Why; kept sealed, and shown to the person.</param>
internal sealed record RefuseLeaveBody([property: Personal(Datum.StaffWords, Guard.TakenIn)] string Reason);

internal sealed record RefuseLeave(Guid Id, Caller Caller, ProjectScope Scope, RefuseLeaveBody Body) : ICommand<LeaveAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class RefuseLeaveValidator : AbstractValidator<RefuseLeaveBody>
{
    public RefuseLeaveValidator() => RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
}

/// <summary>ORG-04: a supervisor signs leave, never their own. Shifts of published rosters that it touches are open then, and that is told.</summary>
internal sealed class DecideLeaveHandler(OrganizationDb db, CommandContext context, OpenHours hours, KeyRing keys, IClock clock)
    : IRequestHandler<SignLeave, Answer<LeaveAnswer>>, IRequestHandler<RefuseLeave, Answer<LeaveAnswer>>
{
    public async Task<Answer<LeaveAnswer>> Handle(SignLeave request, CancellationToken cancellationToken)
    {
        var leave = await TakeAsync(request.Id, request.Scope, cancellationToken);
        await db.LockStaffAsync([leave.Staff], cancellationToken);
        var now = clock.GetCurrentInstant();
        leave.Sign(request.Caller.Deciding(DutyRule.Rule), now);
        await hours.ReviewAsync(await db.SlotsTouchedByAsync(leave, cancellationToken), cancellationToken);
        return LeaveAnswer.Of(200, leave, now);
    }

    public async Task<Answer<LeaveAnswer>> Handle(RefuseLeave request, CancellationToken cancellationToken)
    {
        var leave = await TakeAsync(request.Id, request.Scope, cancellationToken);
        var now = clock.GetCurrentInstant();
        leave.Refuse(keys.Seal(request.Reason, leave.Place("refusal")), request.Caller.Deciding(DutyRule.Rule), now);
        return LeaveAnswer.Of(200, leave, now);
    }

    private async Task<LeaveRequest> TakeAsync(Guid id, ProjectScope scope, CancellationToken ct)
    {
        if (!await db.LeaveIn(scope).AnyAsync(l => l.Id == id, ct)) throw new NotFound("request for leave", "请假单");
        await db.LockAsync<LeaveRequest>(id, ct);
        var leave = await db.Set<LeaveRequest>().SingleAsync(l => l.Id == id, ct);
        context.EnsureCurrent(leave.Version);
        return leave;
    }
}

/// <summary>ORG-04: what leave does to rosters.</summary>
internal static class LeaveEffect
{
    /// <summary>The slots of published rosters in which the person would work during the leave.</summary>
    public static Task<List<Guid>> SlotsTouchedByAsync(this OrganizationDb db, LeaveRequest leave, CancellationToken ct) => db.Set<ShiftAssignment>()
        .Where(a => a.Staff == leave.Staff && a.OffAt == null && a.StartsAt < leave.EndsAt && a.Until > leave.StartsAt)
        .Join(db.Set<Roster>().Where(r => r.Status == RosterStatus.Published), a => a.Roster, r => r.Id, (a, _) => a.Slot).ToListAsync(ct);
}

internal static class DecideLeaveEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/leave-requests/{id:guid}/signature", (Guid id, Call call) => call.Send(new SignLeave(id, call.Caller, call.Scope)))
            .Tells<LeaveAnswer>("signLeave", "Sign leave", "A supervisor agrees, never to their own. Shifts the person has then in published rosters are open from now on, and the supervisors are told.", rules: DutyRule.Rule)
            .About("request for leave", "请假单", (OrganizationDb db, Guid id, ProjectScope scope) => db.LeaveIn(scope).Where(l => l.Id == id))
            .Requires(DutyPermissions.Decide);
        routes.MapPost("/leave-requests/{id:guid}/refusal", (Guid id, Body<RefuseLeaveBody> body, Call call) => call.Send(new RefuseLeave(id, call.Caller, call.Scope, body.Value)))
            .Tells<LeaveAnswer>("refuseLeave", "Refuse leave", "With the reason, which the person sees.", rules: DutyRule.Rule)
            .About("request for leave", "请假单", (OrganizationDb db, Guid id, ProjectScope scope) => db.LeaveIn(scope).Where(l => l.Id == id))
            .Example(new { reason = "当日人手不足" })
            .Requires(DutyPermissions.Decide);
    }
}
