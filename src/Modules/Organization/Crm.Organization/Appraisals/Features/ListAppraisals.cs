using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Appraisals.Features;

/// <param name="Project">Only those of this project.</param>
/// <param name="Period">Only those of a month, a quarter or a year.</param>
/// <param name="Start">Only those of the period that begins on this day.</param>
/// <param name="Staff">Only this person's.</param>
/// <param name="State">Only those in this state.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListAppraisalsQuery(
    string? Project = null, PeriodKind? Period = null, LocalDate? Start = null, string? Staff = null, AppraisalState? State = null, int? Limit = null, string? Cursor = null);

internal sealed record ListAppraisals(ProjectScope Scope, ListAppraisalsQuery Query) : IRequest<Page<AppraisalItem>>;

/// <param name="Id">The appraisal.</param>
/// <param name="Staff">Whom it appraises.</param>
/// <param name="Project">The project's code.</param>
/// <param name="Form">The code of its form.</param>
/// <param name="Period">Month, quarter or year.</param>
/// <param name="Start">The period's first day.</param>
/// <param name="Appraiser">Who judges.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Result">Its result; null until it is submitted.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record AppraisalItem(Guid Id, string Staff, string Project, string Form, PeriodKind Period, LocalDate Start, string Appraiser, AppraisalState State, AppraisalResult? Result, int Version)
{
    public static AppraisalItem Of(Appraisal a) => new(a.Id, a.Staff, a.Project, a.Form, a.PeriodKind, a.PeriodStart, a.Appraiser, a.State, AppraisalAnswer.ResultOf(a), a.Version);

    /// <summary>A page of them, newest first.</summary>
    public static async Task<Page<AppraisalItem>> PageAsync(IQueryable<Appraisal> appraisals, int? asked, string? cursor, CancellationToken ct)
    {
        var limit = Paging.Limit(asked);
        if (Paging.ReadCursor<IdKey>(cursor) is { Id: var before }) appraisals = appraisals.Where(a => a.Id.CompareTo(before) < 0);
        var rows = await appraisals.AsNoTracking().OrderByDescending(a => a.Id).Take(limit + 1).ToListAsync(ct);
        return Paging.Cut([.. rows.Select(Of)], limit, a => new IdKey(a.Id));
    }
}

/// <summary>ORG-14: the appraisals of the caller's projects, newest first.</summary>
internal sealed class ListAppraisalsHandler(OrganizationDb db, OrganizationDirectory directory) : IRequestHandler<ListAppraisals, Page<AppraisalItem>>
{
    public Task<Page<AppraisalItem>> Handle(ListAppraisals request, CancellationToken cancellationToken)
    {
        var q = request.Query;
        var appraisals = db.Appraisals.VisibleIn(directory.Current.Narrow(request.Scope, q.Project));
        if (q.Period is { } period) appraisals = appraisals.Where(a => a.PeriodKind == period);
        if (q.Start is { } start) appraisals = appraisals.Where(a => a.PeriodStart == start);
        if (q.Staff is { } staff) appraisals = appraisals.Where(a => a.Staff == staff);
        if (q.State is { } state) appraisals = appraisals.Where(a => a.State == state);
        return AppraisalItem.PageAsync(appraisals, q.Limit, q.Cursor, cancellationToken);
    }
}

internal static class ListAppraisalsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/appraisals", (Query<ListAppraisalsQuery> query, Call call) => call.Ask(new ListAppraisals(call.Scope, query.Value)))
        .Tells<Page<AppraisalItem>>("listAppraisals", "List appraisals", "Appraisals of the projects in which you may see them, newest first, by project, period, person and state.", rules: "ORG-14")
        .Requires(OrganizationPermissions.SeeAppraisals);
}
