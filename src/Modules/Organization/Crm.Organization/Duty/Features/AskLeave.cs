using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Features;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Project">The project whose supervisors decide. The leave counts in all.</param>
/// <param name="Kind">What kind of leave.</param>
/// <param name="StartsAt">When it begins.</param>
/// <param name="EndsAt">When it ends.</param>
/// <param name="Reason">Why; kept sealed, and shown to you and to those who decide.</param>
internal sealed record AskLeaveBody(string Project, LeaveKind Kind, Instant StartsAt, Instant EndsAt, [property: Personal(Datum.StaffWords, Guard.TakenIn)] string Reason);

internal sealed record AskLeave(Caller Caller, ProjectScope Scope, AskLeaveBody Body) : ICommand<LeaveAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

/// <param name="Id">By which it is decided and withdrawn.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record LeaveAnswer(Guid Id, LeaveStatus Status, int Version) : IVersioned
{
    public static Answer<LeaveAnswer> Of(int status, LeaveRequest leave, Instant at) => new(
        status, new LeaveAnswer(leave.Id, leave.Status, leave.Version), new Deed("leaveRequest", leave.Id.ToString(), leave.Project, at), leave.Version, status == 201 ? $"/api/v1/leave-requests/{leave.Id}" : null);
}

internal sealed class AskLeaveValidator : AbstractValidator<AskLeaveBody>
{
    private static readonly Duration Longest = Duration.FromDays(366);

    public AskLeaveValidator()
    {
        RuleFor(b => b.Project).IsCode();
        RuleFor(b => b.EndsAt).Must((b, ends) => ends > b.StartsAt && ends - b.StartsAt <= Longest)
            .WithMessage(_ => new Text("must be later than startsAt, by at most 366 days", "必须晚于 startsAt，且不超过 366 天").Localized);
        RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
    }
}

/// <summary>ORG-04: somebody asks for leave. Two of their requests at the same time cannot be: the database decides.</summary>
internal sealed class AskLeaveHandler(OrganizationDb db, OrganizationDirectory directory, KeyRing keys, IClock clock) : IRequestHandler<AskLeave, Answer<LeaveAnswer>>
{
    public async Task<Answer<LeaveAnswer>> Handle(AskLeave request, CancellationToken cancellationToken)
    {
        var (caller, scope, b) = request;
        var (project, staff) = (directory.Current.ProjectIn(scope, b.Project), caller.Self());
        // One after the other: at once they might wait for each other in the database.
        await db.LockStaffAsync([staff], cancellationToken);
        var now = clock.GetCurrentInstant();
        if (b.EndsAt <= now) throw DutyRule.Broken("Leave that is over cannot be asked for.", "不能申请已结束的假期。");
        var leave = new LeaveRequest { Staff = staff, Project = project.Code, Kind = b.Kind, StartsAt = b.StartsAt, EndsAt = b.EndsAt, AskedAt = now };
        leave.Reason = keys.Seal(b.Reason, leave.Place("reason"));
        leave.Ask();
        db.Add(leave);
        return LeaveAnswer.Of(201, leave, now);
    }
}

internal static class AskLeaveEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/leave-requests", (Body<AskLeaveBody> body, Call call) => call.Send(new AskLeave(call.Caller, call.Scope, body.Value)))
        .Tells<LeaveAnswer>("askLeave", "Ask for leave", "For yourself. A supervisor of the project signs or refuses it. Two requests of yours at the same time cannot be.", status: 201, rules: DutyRule.Rule)
        .WithMetadata(new CreatesSomething())
        .Example(new { project = "demo", kind = "annual", startsAt = "2026-12-07T00:00:00Z", endsAt = "2026-12-09T16:00:00Z", reason = "回乡探亲" })
        .Requires(DutyPermissions.Serve);
}
