using Crm.FollowUps.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.FollowUps.Features;

/// <param name="Project">Only this project's.</param>
/// <param name="Origin">Only those of this case.</param>
/// <param name="Customer">Only those of this customer of the directory.</param>
/// <param name="Assignee">Only those of this staff code.</param>
/// <param name="State">Only those that stand there.</param>
/// <param name="DueBefore">Only those due before this instant.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListFollowUpsQuery(
    string? Project = null, Guid? Origin = null, Guid? Customer = null, string? Assignee = null, FollowUpState? State = null, Instant? DueBefore = null, int? Limit = null, string? Cursor = null);

internal sealed record ListFollowUps(ProjectScope Scope, ListFollowUpsQuery Query) : IRequest<Page<FollowUpItem>>;

/// <param name="Id">The follow-up.</param>
/// <param name="Number">Its people-facing number.</param>
/// <param name="Project">Its project.</param>
/// <param name="Kind">What is followed up.</param>
/// <param name="Origin">The case it asks about.</param>
/// <param name="OriginNumber">That case's number.</param>
/// <param name="OriginCycle">The cycle of the case it asks about.</param>
/// <param name="CustomerId">The customer of the directory; null for somebody who left no phone, and until they are known.</param>
/// <param name="Round">First, second, … round on the matter.</param>
/// <param name="Major">True after a major complaint.</param>
/// <param name="Assignee">The staff code of who is to make it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="PlannedAt">When it was planned.</param>
/// <param name="DueAt">The last instant in time.</param>
/// <param name="Overdue">It is still to be made and that instant has passed.</param>
/// <param name="Attempts">Attempts that count so far.</param>
/// <param name="NextAttemptAt">The next attempt counts from then on.</param>
/// <param name="EndedAt">When it was completed, given up or cancelled.</param>
/// <param name="Satisfaction">1 to 5, once the customer was reached.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record FollowUpItem(
    Guid Id, string Number, string Project, FollowUpKind Kind, Guid Origin, string OriginNumber, int OriginCycle, Guid? CustomerId, int Round, bool Major, string Assignee, FollowUpState State,
    Instant PlannedAt, Instant DueAt, bool Overdue, int Attempts, Instant? NextAttemptAt, Instant? EndedAt, int? Satisfaction, int Version);

/// <summary>The follow-ups of the caller's projects, first due first.</summary>
internal sealed class ListFollowUpsHandler(FollowUpsDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<ListFollowUps, Page<FollowUpItem>>
{
    public async Task<Page<FollowUpItem>> Handle(ListFollowUps request, CancellationToken cancellationToken)
    {
        var q = request.Query;
        var limit = Paging.Limit(q.Limit);
        var after = Paging.ReadCursor<TimeKey>(q.Cursor);
        var scope = directory.Current.Narrow(request.Scope, q.Project);

        var now = clock.GetCurrentInstant();
        var followUps = db.FollowUps.AsNoTracking().VisibleIn(scope);
        if (q.Origin is not null) followUps = followUps.Where(f => f.OriginId == q.Origin);
        if (q.Customer is not null) followUps = followUps.Where(f => f.CustomerId == q.Customer);
        if (q.Assignee is not null) followUps = followUps.Where(f => f.Assignee == q.Assignee);
        if (q.State is not null) followUps = followUps.Where(f => f.State == q.State);
        if (q.DueBefore is { } before) followUps = followUps.Where(f => f.DueAt < before);
        if (after is { At: var at, Id: var id })
            followUps = followUps.Where(f => EF.Functions.GreaterThan(ValueTuple.Create(f.DueAt, f.Id), ValueTuple.Create(at, id)));

        var rows = await followUps.OrderBy(f => f.DueAt).ThenBy(f => f.Id).Take(limit + 1)
            .Select(f => new FollowUpItem(
                f.Id, f.Number, f.Project, f.Kind, f.OriginId, f.OriginNumber, f.OriginCycle, f.CustomerId, f.Round, f.Major, f.Assignee, f.State, f.PlannedAt, f.DueAt,
                f.State == FollowUpState.Planned && f.DueAt < now, f.AttemptCount, f.NextAttemptAt, f.EndedAt, f.Satisfaction, f.Version))
            .ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, f => new TimeKey(f.DueAt, f.Id));
    }
}

internal static class ListFollowUpsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/follow-ups", (Query<ListFollowUpsQuery> query, Call call) => call.Ask(new ListFollowUps(call.Scope, query.Value)))
        .Tells<Page<FollowUpItem>>("listFollowUps", "List follow-ups", "Return visits and calls of the projects you may read, first due first. Overdue is read from the clock at this moment.", rules: "FUP-01, FUP-02, FUP-04")
        .Requires(FollowUpPermissions.Read);
}
