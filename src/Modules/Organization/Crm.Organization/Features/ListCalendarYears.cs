using System.Text.Json;
using Crm.Organization.Calendar;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListCalendarYearsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListCalendarYears(ListCalendarYearsQuery Query) : IRequest<Page<YearNotice>>;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListCalendarCorrectionsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListCalendarCorrections(ListCalendarCorrectionsQuery Query) : IRequest<Page<CorrectionItem>>;

/// <param name="Number">Its place in the history, from 1.</param>
/// <param name="Years">The years it imported or put right.</param>
/// <param name="DaysOff">The company's days off it set, or took back (without an occasion).</param>
/// <param name="ChangedBy">Who applied it.</param>
/// <param name="Reason">Why.</param>
/// <param name="ChangedAt">When.</param>
internal sealed record CorrectionItem(int Number, IReadOnlyList<YearNotice> Years, IReadOnlyList<DayOff> DaysOff, string ChangedBy, [property: Personal(Datum.Reason, Guard.InScope)] string Reason, Instant ChangedAt);

/// <summary>ORG-07: the years whose notices are known, and how the calendar came to be what it is.</summary>
internal sealed class ListCalendarYearsHandler(OrganizationDb db, OrganizationDirectory directory)
    : IRequestHandler<ListCalendarYears, Page<YearNotice>>, IRequestHandler<ListCalendarCorrections, Page<CorrectionItem>>
{
    public Task<Page<YearNotice>> Handle(ListCalendarYears request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var after = Paging.ReadCursor<NumberKey>(request.Query.Cursor);
        var rows = directory.Current.Calendar.PublishedYears.Where(y => after is null || y.Year > after.Number).Take(limit + 1)
            .Select(y => new YearNotice(y.Year, y.Notice!, y.Holidays)).ToArray();
        return Task.FromResult(Paging.Cut(rows, limit, y => new NumberKey(y.Year)));
    }

    public async Task<Page<CorrectionItem>> Handle(ListCalendarCorrections request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var after = Paging.ReadCursor<NumberKey>(request.Query.Cursor)?.Number;
        var rows = await db.Corrections.AsNoTracking().Where(c => after == null || c.Number < after).OrderByDescending(c => c.Number).Take(limit + 1).ToListAsync(cancellationToken);
        return Paging.Cut([.. rows.Select(Item)], limit, c => new NumberKey(c.Number));
    }

    private static CorrectionItem Item(AppliedCorrection applied)
    {
        var correction = JsonSerializer.Deserialize<CalendarCorrection>(applied.Json, CrmJson.Options)!;
        return new(applied.Number, correction.Years, correction.DaysOff, applied.ChangedBy, applied.Reason, applied.ChangedAt);
    }
}

internal static class ListCalendarYearsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/calendar/years", (Query<ListCalendarYearsQuery> query, Call call) => call.Ask(new ListCalendarYears(query.Value)))
            .Tells<Page<YearNotice>>("listCalendarYears", "List the years of the working calendar", "The years whose notices are known, shipped or imported, as the notices arrange them. All other years are provisional.", rules: "ORG-07")
            .Requires(OrganizationPermissions.Read);
        routes.MapGet("/calendar/corrections", (Query<ListCalendarCorrectionsQuery> query, Call call) => call.Ask(new ListCalendarCorrections(query.Value)))
            .Tells<Page<CorrectionItem>>("listCalendarCorrections", "List the calendar's corrections", "Every import, correction and day off, newest first: what, by whom, when and why.", rules: "ORG-07")
            .Requires(OrganizationPermissions.Read);
    }
}
