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

/// <param name="Project">Only this project's.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListShiftsQuery(string? Project = null, int? Limit = null, string? Cursor = null);

internal sealed record ListShifts(ProjectScope Scope, ListShiftsQuery Query) : IRequest<Page<ShiftItem>>;

internal sealed record GetShift(string Project, string Code, ProjectScope Scope) : IRequest<ShiftItem>;

/// <param name="From">The first day of which this counts; among several, the latest that has begun does.</param>
/// <param name="Until">The last day; null for none.</param>
/// <param name="NameZh">What Chinese speakers call it.</param>
/// <param name="NameEn">What English speakers call it.</param>
/// <param name="Begins">When it begins.</param>
/// <param name="Ends">When it ends.</param>
/// <param name="CrossesMidnight">It ends on the day after it began.</param>
/// <param name="SaidBy">Who said so.</param>
[NotPersonal("what a shift is called, and the staff code of who said so", "NameZh", "NameEn", "SaidBy")]
internal sealed record ShiftTermsView(LocalDate From, LocalDate? Until, string NameZh, string NameEn, LocalTime Begins, LocalTime Ends, bool CrossesMidnight, string SaidBy);

/// <param name="Project">The project's code.</param>
/// <param name="Code">The shift's code.</param>
/// <param name="Today">What counts today; null when there is no such shift today.</param>
/// <param name="Terms">All that was ever said of it, in the order it was said.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record ShiftItem(string Project, string Code, ShiftTermsView? Today, IReadOnlyList<ShiftTermsView> Terms, int Version) : IVersioned;

/// <summary>A place in the list of shifts.</summary>
internal sealed record ShiftKey(string Project, string Code);

/// <summary>ORG-04: the shifts of the caller's projects.</summary>
internal sealed class ListShiftsHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<ListShifts, Page<ShiftItem>>, IRequestHandler<GetShift, ShiftItem>
{
    public async Task<Page<ShiftItem>> Handle(ListShifts request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var shifts = db.ShiftsIn(directory.Current.Narrow(request.Scope, request.Query.Project)).AsNoTracking();
        if (Paging.ReadCursor<ShiftKey>(request.Query.Cursor) is { Project: var project, Code: var code })
            shifts = shifts.Where(s => s.Project.CompareTo(project) > 0 || (s.Project == project && s.Code.CompareTo(code) > 0));
        var rows = await shifts.OrderBy(s => s.Project).ThenBy(s => s.Code).Take(limit + 1).ToListAsync(cancellationToken);
        var page = Paging.Cut(rows, limit, s => new ShiftKey(s.Project, s.Code));
        return new([.. page.Items.Select(Show)], page.Next);
    }

    public async Task<ShiftItem> Handle(GetShift request, CancellationToken cancellationToken) =>
        Show(await db.ShiftsIn(request.Scope, request.Project, request.Code).AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? throw new NotFound("shift", "班次"));

    private ShiftItem Show(Shift shift)
    {
        var today = clock.GetCurrentInstant().InZone(directory.Current.FindProject(shift.Project)!.Zone).Date;
        return new(shift.Project, shift.Code, shift.On(today) is { } terms ? Show(terms) : null, [.. shift.Terms.OrderBy(t => t.Number).Select(Show)], shift.Version);
    }

    private static ShiftTermsView Show(ShiftTerms t) => new(t.From, t.Until, t.NameZh, t.NameEn, t.Begins, t.Ends, t.Hours.CrossesMidnight, t.SaidBy);
}

internal static class ListShiftsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/shifts", (Query<ListShiftsQuery> query, Call call) => call.Ask(new ListShifts(call.Scope, query.Value)))
            .Tells<Page<ShiftItem>>("listShifts", "List shifts", "The shifts of the projects in which you may see them, by project and code.", rules: DutyRule.Rule)
            .Requires(DutyPermissions.Read);
        routes.MapGet("/shifts/{project}/{code}", (string project, string code, Call call) => call.Ask(new GetShift(project, code, call.Scope)))
            .Tells<ShiftItem>("getShift", "Get a shift", "One shift with all that was ever said of it, and the ETag an edit needs.", rules: DutyRule.Rule)
            .AboutShift()
            .Requires(DutyPermissions.Read);
    }
}
