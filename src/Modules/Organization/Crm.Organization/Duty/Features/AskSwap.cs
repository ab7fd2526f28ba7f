using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Features;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Staff">The staff code of who is to take the shift.</param>
/// <param name="Wanted">The id of a shift of theirs that you take for it; absent when they simply take yours over.</param>
internal sealed record AskSwapBody(string Staff, Guid? Wanted = null);

internal sealed record AskSwap(Guid Id, string Staff, ProjectScope Scope, AskSwapBody Body) : ICommand<SwapAnswer>;

/// <param name="Id">By which it is answered and decided.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record SwapAnswer(Guid Id, SwapStatus Status, int Version) : IVersioned
{
    public static Answer<SwapAnswer> Of(int status, ShiftSwap swap, Instant at) => new(
        status, new SwapAnswer(swap.Id, swap.Status, swap.Version), new Deed("swap", swap.Id.ToString(), swap.Project, at), swap.Version, status == 201 ? $"/api/v1/swaps/{swap.Id}" : null);
}

internal sealed class AskSwapValidator : AbstractValidator<AskSwapBody>
{
    public AskSwapValidator() => RuleFor(b => b.Staff).IsStaffCode();
}

/// <summary>ORG-04: somebody asks another to take a coming shift of theirs. Whether it can be is looked at when it is approved.</summary>
internal sealed class AskSwapHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<AskSwap, Answer<SwapAnswer>>
{
    public async Task<Answer<SwapAnswer>> Handle(AskSwap request, CancellationToken cancellationToken)
    {
        var (id, staff, scope, body) = request;
        var published = db.Set<Roster>().Where(r => r.Status == RosterStatus.Published);
        var shifts = db.AssignmentsIn(scope).AsNoTracking().Where(a => published.Any(r => r.Id == a.Roster));
        var offered = await shifts.SingleOrDefaultAsync(a => a.Id == id && a.Staff == staff, cancellationToken) ?? throw new NotFound("shift of yours", "本人班次");
        if (body.Staff == staff || directory.Current.FindStaff(body.Staff) is not { Active: true } other || !other.Reach.Includes(offered.Project))
            throw DutyRule.Broken($"{body.Staff} does not work here, holds no role in this project, or is you.", $"{body.Staff} 不在职、在该项目没有角色，或是您本人。");
        var wanted = body.Wanted is null ? null
            : await shifts.SingleOrDefaultAsync(a => a.Id == body.Wanted && a.Staff == body.Staff && a.Project == offered.Project, cancellationToken) ?? throw new NotFound("shift of theirs", "对方班次", field: "wanted");
        var now = clock.GetCurrentInstant();
        SwapRule.EnsureAhead(now, offered, wanted);
        var swap = new ShiftSwap { Project = offered.Project, Offered = offered.Id, Wanted = wanted?.Id, AskedBy = staff, Other = body.Staff, AskedAt = now };
        swap.Ask();
        db.Add(swap);
        return SwapAnswer.Of(201, swap, now);
    }
}

/// <summary>ORG-04: what can be swapped.</summary>
internal static class SwapRule
{
    /// <exception cref="BrokenRule">One of the shifts has begun.</exception>
    public static void EnsureAhead(Instant now, params IEnumerable<ShiftAssignment?> shifts)
    {
        if (shifts.Any(s => s is not null && s.StartsAt <= now)) throw DutyRule.Broken("Only shifts that have not begun can be swapped.", "只能调换尚未开始的班次。");
    }
}

internal static class AskSwapEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/shift-assignments/{id:guid}/swap", (Guid id, Body<AskSwapBody> body, Call call) => call.Send(new AskSwap(id, call.Caller.Self(), call.Scope, body.Value)))
        .Tells<SwapAnswer>("askSwap", "Ask somebody to swap", "They are told, and answer; then a supervisor decides. Nothing changes before that.", status: 201, rules: DutyRule.Rule)
        .WithMetadata(new CreatesSomething(), new OnesOwn())
        .About("shift of yours", "本人班次", (OrganizationDb db, Guid id, ProjectScope scope) => db.AssignmentsIn(scope).Where(a => a.Id == id))
        .Example(new { staff = "demo.desk", wanted = "01a2019d-863d-7dfc-961d-e804b66d7933" })
        .Requires(DutyPermissions.Serve);
}
