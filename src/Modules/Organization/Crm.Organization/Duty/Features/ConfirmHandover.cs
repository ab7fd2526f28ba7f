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

internal sealed record ConfirmHandover(Guid Id, Caller Caller, ProjectScope Scope) : ICommand<HandoverAnswer>;

/// <summary>ORG-05: the next shift confirms a note, once: somebody who is on duty in it, or a supervisor.</summary>
internal sealed class ConfirmHandoverHandler(OrganizationDb db, CommandContext context, CurrentDuty duty, IClock clock) : IRequestHandler<ConfirmHandover, Answer<HandoverAnswer>>
{
    public async Task<Answer<HandoverAnswer>> Handle(ConfirmHandover request, CancellationToken cancellationToken)
    {
        var (id, caller, scope) = request;
        if (!await db.HandoversIn(scope).AnyAsync(h => h.Id == id, cancellationToken)) throw new NotFound("note", "交接记录");
        var staff = caller.Self();
        await db.LockAsync<ShiftHandover>(id, cancellationToken);
        var note = await db.Set<ShiftHandover>().SingleAsync(h => h.Id == id, cancellationToken);
        context.EnsureCurrent(note.Version);
        var now = clock.GetCurrentInstant();
        if (!caller.Scope(DutyPermissions.Decide.Name).Includes(note.Project) && !await IsOfTheNextShiftAsync(note, staff, now, cancellationToken))
            throw HandoverRule.Broken("Only somebody on duty in the shift that takes over, or a supervisor, confirms it.", "只有接班班次的当值人员或主管可以确认。");
        note.Confirm(staff, now);
        return HandoverAnswer.Of(200, note, now);
    }

    private async Task<bool> IsOfTheNextShiftAsync(ShiftHandover note, string staff, Instant now, CancellationToken ct)
    {
        var slot = await db.Set<ShiftSlot>().AsNoTracking().SingleAsync(s => s.Id == note.Slot, ct);
        return await db.FollowingAsync(slot, ct) is { } next && (await duty.AtAsync(note.Project, now, ct)).Any(d => d.Staff == staff && d.Shift == next.Shift && d.Date == next.Date);
    }
}

/// <summary>Which notes are somebody's to see.</summary>
internal static class HandoverScope
{
    public static IQueryable<ShiftHandover> HandoversIn(this OrganizationDb db, ProjectScope scope) =>
        scope.Everywhere ? db.Set<ShiftHandover>() : db.Set<ShiftHandover>().Where(h => scope.Projects.Contains(h.Project));
}

internal static class ConfirmHandoverEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/shift-handovers/{id:guid}/confirmation", (Guid id, Call call) => call.Send(new ConfirmHandover(id, call.Caller, call.Scope)))
        .Tells<HandoverAnswer>("confirmHandover", "Confirm a note from the shift before", "Once, by somebody on duty in the shift that takes over, or a supervisor; not by who wrote it.", rules: HandoverRule.Rule)
        .About("note", "交接记录", (OrganizationDb db, Guid id, ProjectScope scope) => db.HandoversIn(scope).Where(h => h.Id == id))
        .Requires(DutyPermissions.Serve);
}
