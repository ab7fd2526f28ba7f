using Crm.Organization.Contracts;
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

/// <param name="Until">Until when you stay: at most the policy organization.shift-extension after the planned end.</param>
/// <param name="Reason">Why, such as a customer who is being served.</param>
internal sealed record ExtendShiftBody(Instant Until, [property: Personal(Datum.Reason, Guard.TakenIn)] string Reason);

internal sealed record ExtendShift(Guid Id, string Staff, ProjectScope Scope, ExtendShiftBody Body) : ICommand<ExtendedShift>, IGivesReason
{
    public string Reason => Body.Reason;
}

/// <param name="Id">The shift of yours.</param>
/// <param name="EndsAt">Its planned end.</param>
/// <param name="Until">You are on duty until then.</param>
internal sealed record ExtendedShift(Guid Id, Instant EndsAt, Instant Until);

internal sealed class ExtendShiftValidator : AbstractValidator<ExtendShiftBody>
{
    public ExtendShiftValidator() => RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
}

/// <summary>ORG-04: a shift continues while a customer is being served.</summary>
internal sealed class ExtendShiftHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<ExtendShift, Answer<ExtendedShift>>
{
    public async Task<Answer<ExtendedShift>> Handle(ExtendShift request, CancellationToken cancellationToken)
    {
        var (id, staff, scope, body) = request;
        var published = db.Set<Roster>().Where(r => r.Status == RosterStatus.Published);
        var mine = db.AssignmentsIn(scope).Where(a => a.Id == id && a.Staff == staff && published.Any(r => r.Id == a.Roster));
        var slot = await mine.Select(a => (Guid?)a.Slot).SingleOrDefaultAsync(cancellationToken) ?? throw new NotFound("shift of yours", "本人班次");
        await db.LockSlotsAsync([slot], cancellationToken);
        var now = clock.GetCurrentInstant();
        var shift = await mine.SingleOrDefaultAsync(cancellationToken) ?? throw new NotFound("shift of yours", "本人班次");
        var limit = directory.Current.Read(DutyPolicies.Extension, directory.Current.FindProject(shift.Project)!, now).Value;
        DutyRule.EnsureMayExtend(new Interval(shift.StartsAt, shift.EndsAt), shift.Until, body.Until, limit, now);
        shift.Until = body.Until;
        return new(200, new ExtendedShift(shift.Id, shift.EndsAt, shift.Until), new Deed("shiftAssignment", shift.Id.ToString(), shift.Project, now));
    }
}

internal static class ExtendShiftEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/shift-assignments/{id:guid}/extension", (Guid id, Body<ExtendShiftBody> body, Call call) => call.Send(new ExtendShift(id, call.Caller.Self(), call.Scope, body.Value)))
        .Tells<ExtendedShift>("extendShift", "Stay longer in a shift of yours", "While it runs, for instance because a customer is being served. From then on duty says so. It can be extended again, and never into another shift of yours.", rules: DutyRule.Rule)
        .WithMetadata(new OnesOwn())
        .About("shift of yours", "本人班次", (OrganizationDb db, Guid id, ProjectScope scope) => db.AssignmentsIn(scope).Where(a => a.Id == id))
        .Example(new { until = "2026-12-01T18:00:00Z", reason = "客户仍在现场" })
        .Requires(DutyPermissions.Serve);
}
