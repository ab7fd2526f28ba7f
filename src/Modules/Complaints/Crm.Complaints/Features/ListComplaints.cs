using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Complaints.Features;

/// <param name="Project">Only this project's.</param>
/// <param name="Status">Only those that stand there.</param>
/// <param name="Severity">Only of this severity now.</param>
/// <param name="Kind">Only of this kind.</param>
/// <param name="SourceSystem">Only those this software posted.</param>
/// <param name="SourceTicket">Only this ticket of <c>sourceSystem</c>.</param>
/// <param name="Customer">Only those about this customer of the directory.</param>
/// <param name="Overdue">True: with a running clock past due at this moment; false: without.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListComplaintsQuery(
    string? Project = null, CaseStatus? Status = null, Severity? Severity = null, CaseKind? Kind = null, string? SourceSystem = null, [property: Personal(Datum.CustomerReference, Guard.TakenIn)] string? SourceTicket = null,
    Guid? Customer = null, bool? Overdue = null, int? Limit = null, string? Cursor = null);

internal sealed record ListComplaints(ProjectScope Scope, ListComplaintsQuery Query) : IRequest<Page<ComplaintItem>>;

/// <param name="Id">The case.</param>
/// <param name="Number">Its people-facing number.</param>
/// <param name="Project">Its project.</param>
/// <param name="Kind">What the customer said, by kind.</param>
/// <param name="Channel">The way it reached us.</param>
/// <param name="Category">Its category.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Severity">How grave it is now.</param>
/// <param name="Cycle">The round it is in.</param>
/// <param name="Building">Building.</param>
/// <param name="Unit">Unit.</param>
/// <param name="Handler">Who has it in hand.</param>
/// <param name="CustomerId">The customer of the directory; null for somebody who left no phone, and until they are known, within seconds.</param>
/// <param name="Source">The posting software's ticket.</param>
/// <param name="ReceivedAt">When it was said.</param>
/// <param name="RegisteredAt">When it was registered.</param>
/// <param name="EarliestDueAt">Its first running deadline; null when none runs.</param>
/// <param name="Overdue">That deadline has passed.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record ComplaintItem(
    Guid Id, string Number, string Project, CaseKind Kind, Channel Channel, string Category, CaseStatus Status, Severity Severity, int Cycle, [property: Personal(Datum.CustomerHome, Guard.InScope)] string? Building, [property: Personal(Datum.CustomerHome, Guard.InScope)] string? Unit,
    string? Handler, Guid? CustomerId, SourceBody? Source, Instant ReceivedAt, Instant RegisteredAt, Instant? EarliestDueAt, bool Overdue, int Version)
{
    /// <summary>One page of these cases, newest first.</summary>
    public static async Task<Page<ComplaintItem>> PageAsync(IQueryable<Complaint> cases, TimeKey? after, int limit, Instant now, CancellationToken ct)
    {
        if (after is { At: var at, Id: var id })
            cases = cases.Where(c => EF.Functions.LessThan(ValueTuple.Create(c.RegisteredAt, c.Id), ValueTuple.Create(at, id)));
        var rows = await cases.OrderByDescending(c => c.RegisteredAt).ThenByDescending(c => c.Id).Take(limit + 1)
            .Select(c => new ComplaintItem(
                c.Id, c.Number, c.Project, c.Kind, c.Record.Channel, c.Record.Category, c.Status, c.Severity, c.Cycle, c.Complainant!.Building, c.Complainant.Unit, c.Handler, c.CustomerId,
                c.Record.SourceSystem == null ? null : new SourceBody(c.Record.SourceSystem, c.Record.SourceTicket!),
                c.Record.ReceivedAt, c.RegisteredAt, c.EarliestDueAt, c.EarliestDueAt != null && c.EarliestDueAt < now, c.Version))
            .ToListAsync(ct);
        return Paging.Cut(rows, limit, c => new TimeKey(c.RegisteredAt, c.Id));
    }
}

/// <summary>The register of cases, newest first.</summary>
internal sealed class ListComplaintsHandler(ComplaintsDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<ListComplaints, Page<ComplaintItem>>
{
    public async Task<Page<ComplaintItem>> Handle(ListComplaints request, CancellationToken cancellationToken)
    {
        var q = request.Query;
        var limit = Paging.Limit(q.Limit);
        var after = Paging.ReadCursor<TimeKey>(q.Cursor);
        var scope = directory.Current.Narrow(request.Scope, q.Project);
        if (q.SourceTicket is not null && q.SourceSystem is null) throw Malformed.Field("sourceSystem", new Text("is required with sourceTicket", "使用 sourceTicket 时必填"));

        var now = clock.GetCurrentInstant();
        var cases = db.Complaints.AsNoTracking().VisibleIn(scope);
        if (q.Status is not null) cases = cases.Where(c => c.Status == q.Status);
        if (q.Severity is not null) cases = cases.Where(c => c.Severity == q.Severity);
        if (q.Kind is not null) cases = cases.Where(c => c.Kind == q.Kind);
        if (q.SourceSystem is not null) cases = cases.Where(c => c.Record.SourceSystem == q.SourceSystem);
        if (q.SourceTicket is not null) cases = cases.Where(c => c.Record.SourceTicket == q.SourceTicket);
        if (q.Customer is not null) cases = cases.Where(c => c.CustomerId == q.Customer);
        if (q.Overdue is true) cases = cases.Where(c => c.EarliestDueAt < now);
        if (q.Overdue is false) cases = cases.Where(c => c.EarliestDueAt == null || c.EarliestDueAt >= now);
        return await ComplaintItem.PageAsync(cases, after, limit, now, cancellationToken);
    }
}

internal static class ListComplaintsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/complaints", (Query<ListComplaintsQuery> query, Call call) => call.Ask(new ListComplaints(call.Scope, query.Value)))
        .Tells<Page<ComplaintItem>>("listComplaints", "List cases", "The register, newest first, of the projects you may read. Overdue is read from the clocks at this moment, not from what a job has written.", rules: "CMP-19")
        .Requires(ComplaintPermissions.Read);
}
