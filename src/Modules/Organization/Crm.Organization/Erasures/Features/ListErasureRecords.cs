using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Erasures.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListErasureRecordsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListErasureRecords(Guid Erasure, ListErasureRecordsQuery Query) : IRequest<Page<ErasureRecord>>;

/// <param name="Module">The module it belongs to.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id.</param>
/// <param name="Number">Its people-facing number; null for none.</param>
/// <param name="Project">Its project; null for what is wider than one.</param>
/// <param name="Belongs">The record with which it is erased; null for one of its own.</param>
/// <param name="Kept">Why it must be kept for now; null when it can be erased, or has been.</param>
/// <param name="ErasedAt">When it was erased; null while it is not.</param>
internal sealed record ErasureRecord(string Module, string Kind, Guid Id, string? Number, string? Project, Guid? Belongs, KeptView? Kept, Instant? ErasedAt)
{
    public static ErasureRecord Of(ErasureItem i) => new(i.Module, i.Kind, i.RecordId, i.Number, i.Project, i.Belongs, i.KeptWhy is null ? null : new(i.KeptWhy, Say(i.KeptWhy).Localized, i.KeptUntil), i.ErasedAt);

    private static Text Say(string why) => why switch
    {
        "open" => new("There is still something to do for the customer in it: it is erased when it is over and its retention has passed.", "事项尚未办结，办结并满保存期限后删除。"),
        _ => new("A filed case is kept whole for the time that the policy complaints.retention says (CMP-24), and erased then.", "归档件须按策略 complaints.retention 完整保存（CMP-24），期满后删除。"),
    };
}

/// <param name="Why">open or retention.</param>
/// <param name="Explanation">The same in words.</param>
/// <param name="Until">When it ends; null where an act ends it.</param>
internal sealed record KeptView(string Why, string Explanation, Instant? Until);

/// <summary>A place in a list of records of several kinds.</summary>
/// <param name="Id">The last one seen.</param>
/// <param name="Kind">What it is.</param>
internal sealed record RecordKey(Guid Id, string Kind);

/// <summary>ORG-12: what was found, what is erased and when, what is kept and why: a person may have thousands of records.</summary>
internal sealed class ListErasureRecordsHandler(OrganizationDb db) : IRequestHandler<ListErasureRecords, Page<ErasureRecord>>
{
    public async Task<Page<ErasureRecord>> Handle(ListErasureRecords request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var items = db.Set<ErasureItem>().AsNoTracking().Where(i => i.ErasureId == request.Erasure);
        if (Paging.ReadCursor<RecordKey>(request.Query.Cursor) is { Id: var id, Kind: var kind })
            items = items.Where(i => EF.Functions.GreaterThan(ValueTuple.Create(i.RecordId, i.Kind), ValueTuple.Create(id, kind)));
        if (!await db.Erasures.AnyAsync(e => e.Id == request.Erasure, cancellationToken)) throw new NotFound("erasure", "删除请求");
        var rows = await items.OrderBy(i => i.RecordId).ThenBy(i => i.Kind).Take(limit + 1).ToListAsync(cancellationToken);
        return Paging.Cut([.. rows.Select(ErasureRecord.Of)], limit, r => new RecordKey(r.Id, r.Kind));
    }
}

internal static class ListErasureRecordsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/personal-data/erasures/{id:guid}/records", (Guid id, Query<ListErasureRecordsQuery> query, Call call) => call.Ask(new ListErasureRecords(id, query.Value)))
        .Tells<Page<ErasureRecord>>(
            "listErasureRecords", "List the records of an erasure",
            "What was found, what is erased and when, what is kept, why and until when. It names records and instants, and nothing of the person.", rules: "ORG-12")
        .About("erasure", "删除请求", (OrganizationDb db, Guid id, ProjectScope scope) => db.Erasures.Where(e => e.Id == id && scope.Everywhere))
        .RequiresEverywhere(OrganizationPermissions.ErasePersonalData);
}
