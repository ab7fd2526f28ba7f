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
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

internal sealed record ApproveSwap(Guid Id, Caller Caller, ProjectScope Scope) : ICommand<SwapAnswer>;

/// <param name="Reason">Why.</param>
internal sealed record RefuseSwapBody([property: Personal(Datum.Reason, Guard.TakenIn)] string Reason);

internal sealed record RefuseSwap(Guid Id, Caller Caller, ProjectScope Scope, RefuseSwapBody Body) : ICommand<SwapAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class RefuseSwapValidator : AbstractValidator<RefuseSwapBody>
{
    public RefuseSwapValidator() => RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
}

/// <summary>
/// ORG-04: a supervisor who is neither of the two decides. Everything is looked at again at this moment, under the locks of both rosters, both
/// people and both shifts; overlaps and rest are the database's to refuse.
/// </summary>
internal sealed class DecideSwapHandler(OrganizationDb db, CommandContext context, Placing placing, OpenHours hours, IClock clock)
    : IRequestHandler<ApproveSwap, Answer<SwapAnswer>>, IRequestHandler<RefuseSwap, Answer<SwapAnswer>>
{
    public async Task<Answer<SwapAnswer>> Handle(ApproveSwap request, CancellationToken cancellationToken)
    {
        var (id, caller, scope) = request;
        var swap = await db.TakeSwapAsync(db.SwapsIn(scope), id, context, cancellationToken);
        swap.Decide(approves: true, caller.Deciding(DutyRule.Rule), clock.GetCurrentInstant());
        var (rosters, slots) = await LockAsync(swap, cancellationToken);
        var now = clock.GetCurrentInstant();
        var offered = await TakenAsync(swap.Offered, swap.AskedBy, cancellationToken);
        var wanted = swap.Wanted is { } other ? await TakenAsync(other, swap.Other, cancellationToken) : null;
        SwapRule.EnsureAhead(now, offered, wanted);

        offered.End(OffBecause.Swapped, now);
        wanted?.End(OffBecause.Swapped, now);
        // Both are free before either is given again.
        await db.SaveChangesAsync(cancellationToken);
        await PassAsync(slots[offered.Slot], swap.AskedBy, swap.Other, caller.Subject, now, cancellationToken);
        if (wanted is not null) await PassAsync(slots[wanted.Slot], swap.Other, swap.AskedBy, caller.Subject, now, cancellationToken);
        foreach (var roster in rosters) roster.Changed();
        await hours.ReviewAsync(slots.Keys, cancellationToken);
        return SwapAnswer.Of(200, swap, now);
    }

    public async Task<Answer<SwapAnswer>> Handle(RefuseSwap request, CancellationToken cancellationToken)
    {
        var swap = await db.TakeSwapAsync(db.SwapsIn(request.Scope), request.Id, context, cancellationToken);
        var now = clock.GetCurrentInstant();
        swap.Decide(approves: false, request.Caller.Deciding(DutyRule.Rule), now);
        return SwapAnswer.Of(200, swap, now);
    }

    private async Task<(List<Roster> Rosters, Dictionary<Guid, ShiftSlot> Slots)> LockAsync(ShiftSwap swap, CancellationToken ct)
    {
        var shifts = await db.Set<ShiftAssignment>().Where(a => a.Id == swap.Offered || a.Id == swap.Wanted).Select(a => new { a.Roster, a.Slot }).ToListAsync(ct);
        foreach (var roster in shifts.Select(s => s.Roster).Distinct().Order()) await db.LockAsync<Roster>(roster, ct);
        await db.LockStaffAsync([swap.AskedBy, swap.Other], ct);
        Guid[] ids = [.. shifts.Select(s => s.Roster)];
        return (await db.Set<Roster>().Where(r => ids.Contains(r.Id)).ToListAsync(ct), (await db.LockSlotsAsync(shifts.Select(s => s.Slot), ct)).ToDictionary(s => s.Id));
    }

    private async Task<ShiftAssignment> TakenAsync(Guid shift, string staff, CancellationToken ct) =>
        await db.Set<ShiftAssignment>().SingleOrDefaultAsync(a => a.Id == shift && a.Staff == staff && a.OffAt == null, ct)
        ?? throw DutyRule.Broken($"A shift of {staff} that was to be swapped is theirs no more.", $"{staff} 拟调换的班次已有变动。");

    private async Task PassAsync(ShiftSlot slot, string from, string to, string by, Instant now, CancellationToken ct)
    {
        await placing.GiveAsync(slot, to, by, now, ct);
        slot.Tell(from, isTheirs: false, now);
        slot.Tell(to, isTheirs: true, now);
    }
}

internal static class DecideSwapEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/swaps/{id:guid}/approval", (Guid id, Call call) => call.Send(new ApproveSwap(id, call.Caller, call.Scope)))
            .Tells<SwapAnswer>("approveSwap", "Approve a swap", "A supervisor who is neither of the two, once both want it. It is carried out at once, if nothing speaks against it at this moment: leave, another shift, too little rest.", rules: DutyRule.Rule)
            .About("swap", "换班申请", (OrganizationDb db, Guid id, ProjectScope scope) => db.SwapsIn(scope).Where(s => s.Id == id))
            .Requires(DutyPermissions.Decide);
        routes.MapPost("/swaps/{id:guid}/refusal", (Guid id, Body<RefuseSwapBody> body, Call call) => call.Send(new RefuseSwap(id, call.Caller, call.Scope, body.Value)))
            .Tells<SwapAnswer>("refuseSwap", "Refuse a swap", "A supervisor who is neither of the two, with the reason.", rules: DutyRule.Rule)
            .About("swap", "换班申请", (OrganizationDb db, Guid id, ProjectScope scope) => db.SwapsIn(scope).Where(s => s.Id == id))
            .Example(new { reason = "新人需有老员工同班" })
            .Requires(DutyPermissions.Decide);
    }
}
