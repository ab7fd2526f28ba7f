using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Duty.Features;

internal sealed record WithdrawSwap(Guid Id, string Staff, ProjectScope Scope) : ICommand<SwapAnswer>;

/// <summary>ORG-04: who asked to swap takes it back, before a supervisor has decided.</summary>
internal sealed class WithdrawSwapHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<WithdrawSwap, Answer<SwapAnswer>>
{
    public async Task<Answer<SwapAnswer>> Handle(WithdrawSwap request, CancellationToken cancellationToken)
    {
        var swap = await db.TakeSwapAsync(db.SwapsIn(request.Scope).Where(s => s.AskedBy == request.Staff), request.Id, context, cancellationToken);
        swap.Withdraw();
        return SwapAnswer.Of(200, swap, clock.GetCurrentInstant());
    }
}

internal static class WithdrawSwapEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/swaps/{id:guid}/withdrawal", (Guid id, Call call) => call.Send(new WithdrawSwap(id, call.Caller.Self(), call.Scope)))
        .Tells<SwapAnswer>("withdrawSwap", "Withdraw a swap you asked for", "Before a supervisor has decided.", rules: DutyRule.Rule)
        .WithMetadata(new OnesOwn())
        .About("swap", "换班申请", (OrganizationDb db, Guid id, ProjectScope scope) => db.SwapsIn(scope).Where(s => s.Id == id))
        .Requires(DutyPermissions.Serve);
}
