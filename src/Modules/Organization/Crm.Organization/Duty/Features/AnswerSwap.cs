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

/// <param name="Agrees">True: you want it; false: you do not.</param>
internal sealed record AnswerSwapBody(bool Agrees);

internal sealed record AnswerSwap(Guid Id, string Staff, ProjectScope Scope, AnswerSwapBody Body) : ICommand<SwapAnswer>;

/// <summary>ORG-04: who was asked to swap says whether they want it.</summary>
internal sealed class AnswerSwapHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<AnswerSwap, Answer<SwapAnswer>>
{
    public async Task<Answer<SwapAnswer>> Handle(AnswerSwap request, CancellationToken cancellationToken)
    {
        var (id, staff, scope, body) = request;
        var swap = await db.TakeSwapAsync(db.SwapsIn(scope).Where(s => s.Other == staff), id, context, cancellationToken);
        var now = clock.GetCurrentInstant();
        swap.Answer(body.Agrees, now);
        return SwapAnswer.Of(200, swap, now);
    }
}

/// <summary>Taking swaps in hand.</summary>
internal static class TakenSwaps
{
    /// <summary>One of these swaps, with its row lock and the version the caller knows.</summary>
    /// <exception cref="NotFound">It is none of them.</exception>
    public static async Task<ShiftSwap> TakeSwapAsync(this OrganizationDb db, IQueryable<ShiftSwap> among, Guid id, CommandContext context, CancellationToken ct)
    {
        if (!await among.AnyAsync(s => s.Id == id, ct)) throw new NotFound("swap", "换班申请");
        await db.LockAsync<ShiftSwap>(id, ct);
        var swap = await db.Set<ShiftSwap>().SingleAsync(s => s.Id == id, ct);
        context.EnsureCurrent(swap.Version);
        return swap;
    }
}

internal static class AnswerSwapEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/swaps/{id:guid}/answer", (Guid id, Body<AnswerSwapBody> body, Call call) => call.Send(new AnswerSwap(id, call.Caller.Self(), call.Scope, body.Value)))
        .Tells<SwapAnswer>("answerSwap", "Answer who asks you to swap", "When you agree, a supervisor decides.", rules: DutyRule.Rule)
        .WithMetadata(new OnesOwn())
        .About("swap", "换班申请", (OrganizationDb db, Guid id, ProjectScope scope) => db.SwapsIn(scope).Where(s => s.Id == id))
        .Example(new { agrees = true })
        .Requires(DutyPermissions.Serve);
}
