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
/// <param name="Confirmed">True: only confirmed ones; false: only those that nobody has confirmed.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListHandoversQuery(string? Project = null, bool? Confirmed = null, int? Limit = null, string? Cursor = null);

internal sealed record ListHandovers(ProjectScope Scope, ListHandoversQuery Query) : IRequest<Page<HandoverItem>>;

internal sealed record GetHandover(Guid Id, ProjectScope Scope) : IRequest<HandoverItem>;

/// <param name="Id">By which it is confirmed.</param>
/// <param name="Project">The project's code.</param>
/// <param name="Shift">The code of the shift it comes from.</param>
/// <param name="Date">The day that shift began on.</param>
/// <param name="Urgent">What is urgent.</param>
/// <param name="Customers">Whom to contact.</param>
/// <param name="WrittenBy">Who wrote it.</param>
/// <param name="WrittenAt">When.</param>
/// <param name="Confirmed">The next shift has confirmed it.</param>
/// <param name="ConfirmedBy">Who did; null while nobody has.</param>
/// <param name="ConfirmedAt">When.</param>
/// <param name="ErasedAt">When what it said was erased, with a record it was about (ORG-12): then it says nothing; null while it does.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record HandoverItem(
    Guid Id, string Project, string Shift, LocalDate Date, [property: Personal(Datum.ShiftWords, Guard.InScope)] string Urgent, IReadOnlyList<CustomerToContact> Customers, string WrittenBy, Instant WrittenAt, bool Confirmed, string? ConfirmedBy, Instant? ConfirmedAt, Instant? ErasedAt, int Version) : IVersioned;

/// <summary>ORG-05: notes between shifts, newest first.</summary>
internal sealed class ListHandoversHandler(OrganizationDb db, OrganizationDirectory directory, KeyRing keys) : IRequestHandler<ListHandovers, Page<HandoverItem>>, IRequestHandler<GetHandover, HandoverItem>
{
    public async Task<Page<HandoverItem>> Handle(ListHandovers request, CancellationToken cancellationToken)
    {
        var (scope, q) = request;
        var limit = Paging.Limit(q.Limit);
        var notes = db.HandoversIn(directory.Current.Narrow(scope, q.Project)).AsNoTracking();
        if (q.Confirmed is { } confirmed) notes = notes.Where(h => (h.ConfirmedAt != null) == confirmed);
        if (Paging.ReadCursor<IdKey>(q.Cursor) is { Id: var before }) notes = notes.Where(h => h.Id < before);
        var page = Paging.Cut(await notes.OrderByDescending(h => h.Id).Take(limit + 1).ToListAsync(cancellationToken), limit, h => new IdKey(h.Id));
        return new([.. page.Items.Select(Show)], page.Next);
    }

    public async Task<HandoverItem> Handle(GetHandover request, CancellationToken cancellationToken) =>
        Show(await db.HandoversIn(request.Scope).AsNoTracking().SingleOrDefaultAsync(h => h.Id == request.Id, cancellationToken) ?? throw new NotFound("note", "交接记录"));

    private HandoverItem Show(ShiftHandover h)
    {
        var (urgent, customers) = h.Read(keys);
        return new(h.Id, h.Project, h.Shift, h.Date, urgent, customers, h.WrittenBy, h.WrittenAt, h.ConfirmedAt is not null, h.ConfirmedBy, h.ConfirmedAt, h.ErasedAt, h.Version);
    }
}

internal static class ListHandoversEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/shift-handovers", (Query<ListHandoversQuery> query, Call call) => call.Ask(new ListHandovers(call.Scope, query.Value)))
            .Tells<Page<HandoverItem>>("listHandovers", "List notes between shifts", "Of the projects in which you have shifts, newest first; `confirmed=false` for what the next shift has not confirmed.", rules: HandoverRule.Rule)
            .Requires(DutyPermissions.Serve);
        routes.MapGet("/shift-handovers/{id:guid}", (Guid id, Call call) => call.Ask(new GetHandover(id, call.Scope)))
            .Tells<HandoverItem>("getHandover", "Get a note between shifts", "One note.", rules: HandoverRule.Rule)
            .About("note", "交接记录", (OrganizationDb db, Guid id, ProjectScope scope) => db.HandoversIn(scope).Where(h => h.Id == id))
            .Requires(DutyPermissions.Serve);
    }
}
