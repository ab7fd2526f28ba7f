using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
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
internal sealed record ListLeaveQuery(string? Project = null, LeaveStatus? Status = null, int? Limit = null, string? Cursor = null);

/// <param name="Status">Only those that stand so.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListMyLeaveQuery(LeaveStatus? Status = null, int? Limit = null, string? Cursor = null);

internal sealed record ListLeave(ProjectScope Scope, ListLeaveQuery Query) : IRequest<Page<LeaveItem>>;

internal sealed record ListMyLeave(string Staff, ListMyLeaveQuery Query) : IRequest<Page<LeaveItem>>;

internal sealed record GetLeave(Guid Id, ProjectScope Scope) : IRequest<LeaveItem>;

/// <param name="Id">By which it is decided and withdrawn.</param>
/// <param name="Project">The project whose supervisors decide.</param>
/// <param name="Staff">Whose leave it is.</param>
/// <param name="Kind">What kind.</param>
/// <param name="StartsAt">When it begins.</param>
/// <param name="EndsAt">When it ends.</param>
/// <param name="Reason">Why.</param>
/// <param name="Status">How it stands.</param>
/// <param name="AskedAt">When it was asked for.</param>
/// <param name="DecidedBy">Who decided; null while nobody has.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="Refusal">Why it was refused; null when it was not.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record LeaveItem(
    Guid Id, string Project, string Staff, LeaveKind Kind, Instant StartsAt, Instant EndsAt, [property: Personal(Datum.StaffWords, Guard.InScope)] string Reason, LeaveStatus Status, Instant AskedAt, string? DecidedBy, Instant? DecidedAt, [property: Personal(Datum.StaffWords, Guard.InScope)] string? Refusal, int Version) : IVersioned;

/// <summary>ORG-04: requests for leave, by the beginning of the leave.</summary>
internal sealed class ListLeaveHandler(OrganizationDb db, OrganizationDirectory directory, KeyRing keys)
    : IRequestHandler<ListLeave, Page<LeaveItem>>, IRequestHandler<ListMyLeave, Page<LeaveItem>>, IRequestHandler<GetLeave, LeaveItem>
{
    public Task<Page<LeaveItem>> Handle(ListLeave request, CancellationToken cancellationToken)
    {
        var (scope, q) = request;
        return ListAsync(db.LeaveIn(directory.Current.Narrow(scope, q.Project)), q.Status, q.Limit, q.Cursor, cancellationToken);
    }

    public Task<Page<LeaveItem>> Handle(ListMyLeave request, CancellationToken cancellationToken)
    {
        var (staff, q) = request;
        return ListAsync(db.Set<LeaveRequest>().Where(l => l.Staff == staff), q.Status, q.Limit, q.Cursor, cancellationToken);
    }

    public async Task<LeaveItem> Handle(GetLeave request, CancellationToken cancellationToken) =>
        Show(await db.LeaveIn(request.Scope).AsNoTracking().SingleOrDefaultAsync(l => l.Id == request.Id, cancellationToken) ?? throw new NotFound("request for leave", "请假单"));

    private async Task<Page<LeaveItem>> ListAsync(IQueryable<LeaveRequest> requests, LeaveStatus? status, int? asked, string? cursor, CancellationToken ct)
    {
        var limit = Paging.Limit(asked);
        if (status is not null) requests = requests.Where(l => l.Status == status);
        if (Paging.ReadCursor<TimeKey>(cursor) is { At: var at, Id: var id }) requests = requests.Where(l => l.StartsAt > at || (l.StartsAt == at && l.Id > id));
        var rows = await requests.AsNoTracking().OrderBy(l => l.StartsAt).ThenBy(l => l.Id).Take(limit + 1).ToListAsync(ct);
        var page = Paging.Cut(rows, limit, l => new TimeKey(l.StartsAt, l.Id));
        return new([.. page.Items.Select(Show)], page.Next);
    }

    private LeaveItem Show(LeaveRequest l) => new(
        l.Id, l.Project, l.Staff, l.Kind, l.StartsAt, l.EndsAt, keys.Unseal(l.Reason, l.Place("reason")), l.Status, l.AskedAt, l.DecidedBy, l.DecidedAt,
        l.Refusal is null ? null : keys.Unseal(l.Refusal, l.Place("refusal")), l.Version);
}

internal static class ListLeaveEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/leave-requests", (Query<ListLeaveQuery> query, Call call) => call.Ask(new ListLeave(call.Scope, query.Value)))
            .Tells<Page<LeaveItem>>("listLeave", "List requests for leave", "Of the projects in which you decide, by the beginning of the leave.", rules: DutyRule.Rule)
            .Requires(DutyPermissions.Decide);
        routes.MapGet("/leave-requests/mine", (Query<ListMyLeaveQuery> query, Call call) => call.Ask(new ListMyLeave(call.Caller.Self(), query.Value)))
            .Tells<Page<LeaveItem>>("listMyLeave", "List your own requests for leave", "By the beginning of the leave.", rules: DutyRule.Rule)
            .Requires(DutyPermissions.Serve);
        routes.MapGet("/leave-requests/{id:guid}", (Guid id, Call call) => call.Ask(new GetLeave(id, call.Scope)))
            .Tells<LeaveItem>("getLeave", "Get a request for leave", "One request, with its reason.", rules: DutyRule.Rule)
            .About("request for leave", "请假单", (OrganizationDb db, Guid id, ProjectScope scope) => db.LeaveIn(scope).Where(l => l.Id == id))
            .Requires(DutyPermissions.Decide);
    }
}
