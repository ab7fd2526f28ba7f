using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Project">Only of this project.</param>
/// <param name="Status">Only those that stand so.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListSwapsQuery(string? Project = null, SwapStatus? Status = null, int? Limit = null, string? Cursor = null);

/// <param name="Status">Only those that stand so.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListMySwapsQuery(SwapStatus? Status = null, int? Limit = null, string? Cursor = null);

internal sealed record ListSwaps(ProjectScope Scope, ListSwapsQuery Query) : IRequest<Page<SwapItem>>;

internal sealed record ListMySwaps(string Staff, ListMySwapsQuery Query) : IRequest<Page<SwapItem>>;

internal sealed record GetSwap(Guid Id, ProjectScope Scope) : IRequest<SwapItem>;

/// <param name="Id">The shift's id while it was theirs.</param>
/// <param name="Shift">The shift's code.</param>
/// <param name="Date">The day it begins on.</param>
/// <param name="StartsAt">When it begins.</param>
/// <param name="EndsAt">When it ends.</param>
internal sealed record SwappedShift(Guid Id, string Shift, LocalDate Date, Instant StartsAt, Instant EndsAt);

/// <param name="Id">By which it is answered and decided.</param>
/// <param name="Project">The project's code.</param>
/// <param name="AskedBy">Who asks.</param>
/// <param name="Offered">The shift they offer.</param>
/// <param name="Other">Who is asked.</param>
/// <param name="Wanted">The shift they want for it; null when it is simply to be taken over.</param>
/// <param name="Status">How it stands.</param>
/// <param name="AskedAt">When it was asked.</param>
/// <param name="DecidedBy">The supervisor who decided; null while nobody has.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record SwapItem(
    Guid Id, string Project, string AskedBy, SwappedShift Offered, string Other, SwappedShift? Wanted, SwapStatus Status, Instant AskedAt, string? DecidedBy, Instant? DecidedAt, int Version) : IVersioned;

/// <summary>ORG-04: swaps, oldest first.</summary>
internal sealed class ListSwapsHandler(OrganizationDb db, OrganizationDirectory directory)
    : IRequestHandler<ListSwaps, Page<SwapItem>>, IRequestHandler<ListMySwaps, Page<SwapItem>>, IRequestHandler<GetSwap, SwapItem>
{
    public Task<Page<SwapItem>> Handle(ListSwaps request, CancellationToken cancellationToken)
    {
        var (scope, q) = request;
        return ListAsync(db.SwapsIn(directory.Current.Narrow(scope, q.Project)), q.Status, q.Limit, q.Cursor, cancellationToken);
    }

    public Task<Page<SwapItem>> Handle(ListMySwaps request, CancellationToken cancellationToken)
    {
        var (staff, q) = request;
        return ListAsync(db.Set<ShiftSwap>().Where(s => s.AskedBy == staff || s.Other == staff), q.Status, q.Limit, q.Cursor, cancellationToken);
    }

    public async Task<SwapItem> Handle(GetSwap request, CancellationToken cancellationToken) =>
        (await ShowAsync(await db.SwapsIn(request.Scope).AsNoTracking().Where(s => s.Id == request.Id).ToListAsync(cancellationToken), cancellationToken)).SingleOrDefault() ?? throw new NotFound("swap", "换班申请");

    private async Task<Page<SwapItem>> ListAsync(IQueryable<ShiftSwap> swaps, SwapStatus? status, int? asked, string? cursor, CancellationToken ct)
    {
        var limit = Paging.Limit(asked);
        if (status is not null) swaps = swaps.Where(s => s.Status == status);
        if (Paging.ReadCursor<IdKey>(cursor) is { Id: var after }) swaps = swaps.Where(s => s.Id > after);
        var page = Paging.Cut(await swaps.AsNoTracking().OrderBy(s => s.Id).Take(limit + 1).ToListAsync(ct), limit, s => new IdKey(s.Id));
        return new(await ShowAsync(page.Items, ct), page.Next);
    }

    private async Task<IReadOnlyList<SwapItem>> ShowAsync(IReadOnlyList<ShiftSwap> swaps, CancellationToken ct)
    {
        Guid[] ids = [.. swaps.Select(s => s.Offered), .. swaps.Where(s => s.Wanted is not null).Select(s => s.Wanted!.Value)];
        var shifts = ids.Length == 0 ? [] : await db.Set<ShiftAssignment>().Where(a => ids.Contains(a.Id)).Select(a => new SwappedShift(a.Id, a.Shift, a.Date, a.StartsAt, a.EndsAt)).ToDictionaryAsync(s => s.Id, ct);
        return [.. swaps.Select(s => new SwapItem(s.Id, s.Project, s.AskedBy, shifts[s.Offered], s.Other, s.Wanted is { } wanted ? shifts[wanted] : null, s.Status, s.AskedAt, s.DecidedBy, s.DecidedAt, s.Version))];
    }
}

internal static class ListSwapsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/swaps", (Query<ListSwapsQuery> query, Call call) => call.Ask(new ListSwaps(call.Scope, query.Value)))
            .Tells<Page<SwapItem>>("listSwaps", "List swaps", "Of the projects in which you decide, oldest first.", rules: DutyRule.Rule)
            .Requires(DutyPermissions.Decide);
        routes.MapGet("/swaps/mine", (Query<ListMySwapsQuery> query, Call call) => call.Ask(new ListMySwaps(call.Caller.Self(), query.Value)))
            .Tells<Page<SwapItem>>("listMySwaps", "List your own swaps", "Those you asked for and those you are asked for, oldest first.", rules: DutyRule.Rule)
            .Requires(DutyPermissions.Serve);
        routes.MapGet("/swaps/{id:guid}", (Guid id, Call call) => call.Ask(new GetSwap(id, call.Scope)))
            .Tells<SwapItem>("getSwap", "Get a swap", "One swap, with both shifts.", rules: DutyRule.Rule)
            .About("swap", "换班申请", (OrganizationDb db, Guid id, ProjectScope scope) => db.SwapsIn(scope).Where(s => s.Id == id))
            .Requires(DutyPermissions.Decide);
    }
}
