using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using NodaTime.Text;

namespace Crm.Organization.Features;

/// <param name="From">The first day.</param>
/// <param name="To">The last day; at most ten years later.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListCalendarDaysQuery(LocalDate From, LocalDate To, int? Limit = null, string? Cursor = null);

internal sealed record ListCalendarDays(ListCalendarDaysQuery Query) : IRequest<Page<CalendarDayItem>>;

/// <param name="Date">The day.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Working">It counts as a working day.</param>
/// <param name="Occasion">The holiday it belongs to, a make-up day's too, or why the company is closed; null on ordinary days.</param>
/// <param name="Provisional">The notice of its year is not out yet: it may still change.</param>
internal sealed record CalendarDayItem(LocalDate Date, DayKind Kind, bool Working, string? Occasion, bool Provisional);

/// <summary>ORG-07: the days of the working calendar.</summary>
internal sealed class ListCalendarDaysHandler(OrganizationDirectory directory) : IRequestHandler<ListCalendarDays, Page<CalendarDayItem>>
{
    public Task<Page<CalendarDayItem>> Handle(ListCalendarDays request, CancellationToken cancellationToken)
    {
        var (from, to, _, _) = request.Query;
        var limit = Paging.Limit(request.Query.Limit);
        CalendarLimits.EnsureNear(from, to, field: "to");
        if (to < from) throw Malformed.Field("to", new Text($"must not be before from ({LocalDatePattern.Iso.Format(from)})", $"不得早于 from（{LocalDatePattern.Iso.Format(from)}）"));
        if (Paging.ReadCursor<DateKey>(request.Query.Cursor) is { } after && after.Date >= from) from = after.Date.PlusDays(1);

        CalendarDayItem[] rows =
        [
            .. directory.Current.Calendar.Days(from, to).Take(limit + 1).Select(d => new CalendarDayItem(d.Date, d.Kind, d.IsWorking, d.Occasion, d.IsProvisional)),
        ];
        return Task.FromResult(Paging.Cut(rows, limit, d => new DateKey(d.Date)));
    }
}

/// <summary>How far apart the days of one question may lie: calendars further ahead than ten years are guesses.</summary>
internal static class CalendarLimits
{
    /// <summary>The most working days that are added at once; ten years have fewer.</summary>
    public const int MostDays = 2_500;

    private static readonly Period Longest = Period.FromYears(10);

    /// <exception cref="Malformed">The days lie more than ten years apart.</exception>
    public static void EnsureNear(LocalDate from, LocalDate to, string field)
    {
        if (to > from + Longest || to < from - Longest)
            throw Malformed.Field(field, new Text("must lie within ten years of from", "与 from 相差不得超过十年"));
    }
}

internal static class ListCalendarDaysEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/calendar/days", (Query<ListCalendarDaysQuery> query, Call call) => call.Ask(new ListCalendarDays(query.Value)))
        .Tells<Page<CalendarDayItem>>(
            "listCalendarDays", "List the days of the working calendar",
            "Working days, weekends, national holidays and the days that are worked for them, from the State Council's notice of each year. A year whose notice is not out yet is marked provisional.", rules: "ORG-07")
        .Requires(OrganizationPermissions.Read);
}
