using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Violations.Features;

/// <param name="Project">Only those of this project.</param>
/// <param name="Staff">Only this person's.</param>
/// <param name="Kind">Only of this kind.</param>
/// <param name="State">Only those in this state.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListViolationsQuery(string? Project = null, string? Staff = null, string? Kind = null, ViolationState? State = null, int? Limit = null, string? Cursor = null);

internal sealed record ListViolations(ProjectScope Scope, ListViolationsQuery Query) : IRequest<Page<ViolationItem>>;

/// <param name="Id">The violation.</param>
/// <param name="Staff">Whose.</param>
/// <param name="Project">The project's code.</param>
/// <param name="Kind">The code of its kind.</param>
/// <param name="KindVersion">The version of the kind whose ladder counts.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Offence">Which offence of its kind it is. Of one that was overturned, which it was.</param>
/// <param name="Sanctions">What that leads to; of one that was overturned, what it would have led to.</param>
/// <param name="OccurredAt">When it was done.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="RecordedBy">Who recorded it: a staff code, or the rule that found it.</param>
/// <param name="AppealableUntil">The last instant at which the person concerned may appeal.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record ViolationItem(
    Guid Id, string Staff, string Project, string Kind, int KindVersion, ViolationState State, int Offence, Sanction[] Sanctions, Instant OccurredAt, Instant RecordedAt, string RecordedBy,
    Instant AppealableUntil, int Version)
{
    /// <summary>A page of them, newest first.</summary>
    public static async Task<Page<ViolationItem>> PageAsync(IQueryable<Violation> violations, int? asked, string? cursor, CancellationToken ct)
    {
        var limit = Paging.Limit(asked);
        if (Paging.ReadCursor<IdKey>(cursor) is { Id: var before }) violations = violations.Where(v => v.Id.CompareTo(before) < 0);
        var rows = await violations.OrderByDescending(v => v.Id).Take(limit + 1).Select(v => new ViolationItem(
            v.Id, v.Staff, v.Project, v.Kind, v.KindVersion, v.State, v.Number, v.Sanctions, v.OccurredAt, v.RecordedAt, v.RecordedBy, v.AppealableUntil, v.Version)).ToListAsync(ct);
        return Paging.Cut(rows, limit, v => new IdKey(v.Id));
    }
}

/// <summary>ORG-13: the violations of the caller's projects, newest first.</summary>
internal sealed class ListViolationsHandler(OrganizationDb db, OrganizationDirectory directory) : IRequestHandler<ListViolations, Page<ViolationItem>>
{
    public Task<Page<ViolationItem>> Handle(ListViolations request, CancellationToken cancellationToken)
    {
        var q = request.Query;
        var violations = db.Violations.AsNoTracking().VisibleIn(directory.Current.Narrow(request.Scope, q.Project));
        if (q.Staff is { } staff) violations = violations.Where(v => v.Staff == staff);
        if (q.Kind is { } kind) violations = violations.Where(v => v.Kind == kind);
        if (q.State is { } state) violations = violations.Where(v => v.State == state);
        return ViolationItem.PageAsync(violations, q.Limit, q.Cursor, cancellationToken);
    }
}

internal static class ListViolationsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/violations", (Query<ListViolationsQuery> query, Call call) => call.Ask(new ListViolations(call.Scope, query.Value)))
        .Tells<Page<ViolationItem>>("listViolations", "List violations", "Violations recorded in the projects in which you may see them, newest first, overturned ones included.", rules: "ORG-13")
        .Requires(OrganizationPermissions.SeeViolations);
}
