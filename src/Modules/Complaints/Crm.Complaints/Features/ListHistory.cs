using Crm.Complaints.Data;
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

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListHistoryQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListHistory(Guid Id, ProjectScope Scope, ListHistoryQuery Query) : IRequest<Page<StepView>>;

/// <param name="Id">The step.</param>
/// <param name="Cycle">The round it happened in.</param>
/// <param name="Kind">What happened.</param>
/// <param name="At">When.</param>
/// <param name="By">Who, or the rule that did it.</param>
/// <param name="Status">Where the case stood afterwards.</param>
/// <param name="Severity">How grave it was afterwards.</param>
/// <param name="Text">What was said or written, or the reason.</param>
/// <param name="To">To whom, where the rule asks for it.</param>
/// <param name="How">How, where the rule asks for it.</param>
internal sealed record StepView(Guid Id, int Cycle, StepKind Kind, Instant At, string By, CaseStatus Status, Severity Severity, [property: Personal(Datum.CustomerWords, Guard.InScope)] string? Text, string? To, [property: Personal(Datum.CustomerWords, Guard.InScope)] string? How);

/// <summary>CMP-19: who did what, when and why, from the beginning.</summary>
internal sealed class ListHistoryHandler(ComplaintsDb db, KeyRing keys) : IRequestHandler<ListHistory, Page<StepView>>
{
    public async Task<Page<StepView>> Handle(ListHistory request, CancellationToken cancellationToken)
    {
        if (!await db.Complaints.VisibleIn(request.Scope).AnyAsync(c => c.Id == request.Id, cancellationToken)) throw new NotFound("complaint", "投诉");
        var limit = Paging.Limit(request.Query.Limit);
        var steps = db.Steps.Where(s => s.ComplaintId == request.Id);
        if (Paging.ReadCursor<TimeKey>(request.Query.Cursor) is { At: var at, Id: var id }) steps = steps.Where(s => s.At > at || (s.At == at && s.Id.CompareTo(id) > 0));
        var rows = await steps.AsNoTracking().OrderBy(s => s.At).ThenBy(s => s.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var closed = await db.Complainants.Where(p => p.ComplaintId == request.Id).Select(p => p.SealedKey).SingleOrDefaultAsync(cancellationToken);
        var key = keys.OpenRecord(closed, db.Schema, request.Id);
        return Paging.Cut(
            [.. rows.Select(s => new StepView(s.Id, s.Cycle, s.Kind, s.At, s.By, s.Status, s.Severity, key.Open(s.Text, s.Id), s.To, key.Open(s.How, s.Id)))],
            limit, s => new TimeKey(s.At, s.Id));
    }
}

internal static class ListHistoryEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/complaints/{id:guid}/history", (Guid id, Query<ListHistoryQuery> query, Call call) => call.Ask(new ListHistory(id, call.Scope, query.Value)))
        .Tells<Page<StepView>>("listComplaintHistory", "List the history of a case", "Each move, oldest first: who, when and why.", rules: "CMP-19")
        .AboutComplaint()
        .Requires(ComplaintPermissions.Read);
}
