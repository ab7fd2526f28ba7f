using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

internal sealed record WithdrawLeave(Guid Id, string Staff) : ICommand<LeaveAnswer>;

/// <summary>ORG-04: somebody takes their leave back; shifts of theirs that nobody else was given are covered again.</summary>
internal sealed class WithdrawLeaveHandler(OrganizationDb db, OpenHours hours, IClock clock) : IRequestHandler<WithdrawLeave, Answer<LeaveAnswer>>
{
    public async Task<Answer<LeaveAnswer>> Handle(WithdrawLeave request, CancellationToken cancellationToken)
    {
        if (!await db.Set<LeaveRequest>().AnyAsync(l => l.Id == request.Id && l.Staff == request.Staff, cancellationToken)) throw new NotFound("request for leave", "请假单");
        await db.LockAsync<LeaveRequest>(request.Id, cancellationToken);
        var leave = await db.Set<LeaveRequest>().SingleAsync(l => l.Id == request.Id, cancellationToken);
        await db.LockStaffAsync([leave.Staff], cancellationToken);
        var now = clock.GetCurrentInstant();
        if (leave.Withdraw(now)) await hours.ReviewAsync(await db.SlotsTouchedByAsync(leave, cancellationToken), cancellationToken);
        return LeaveAnswer.Of(200, leave, now);
    }
}

internal static class WithdrawLeaveEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/leave-requests/{id:guid}/withdrawal", (Guid id, Call call) => call.Send(new WithdrawLeave(id, call.Caller.Self())))
        .Tells<LeaveAnswer>("withdrawLeave", "Withdraw your leave", "As long as it is not over, signed or not: you work your shifts again.", rules: DutyRule.Rule)
        .WithMetadata(new OnesOwn())
        .Requires(DutyPermissions.Serve);
}
