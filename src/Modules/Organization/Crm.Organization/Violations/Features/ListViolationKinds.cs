using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Violations.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListViolationKindsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListViolationKinds(ListViolationKindsQuery Query) : IRequest<Page<ViolationKindItem>>;

/// <param name="Code">The code by which every other call names it.</param>
/// <param name="Title">Its name, in the language asked for.</param>
/// <param name="TitleEn">Its name in English.</param>
/// <param name="TitleZh">Its name in Chinese.</param>
/// <param name="Meaning">What it is.</param>
/// <param name="Ladder">The sanctions of the first offence, the second, and so on; those of the last are also those of every later one.</param>
/// <param name="WindowMonths">Offences within so many months of each other count; null for all.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record ViolationKindItem(string Code, string Title, string TitleEn, string TitleZh, string Meaning, RungBody[] Ladder, int? WindowMonths, int Version)
{
    public static ViolationKindItem Of(ViolationKindVersion version)
    {
        var (en, zh, meaning, ladder) = version.Terms;
        return new(version.Kind, new Text(en, zh).Localized, en, zh, meaning, [.. ladder.Rungs.Select(r => new RungBody([.. r]))], ladder.WindowMonths, version.Version);
    }
}

/// <summary>ORG-13: the kinds of violation there are, by code: the rules everybody is measured by, open to everybody.</summary>
internal sealed class ListViolationKindsHandler(OrganizationDb db) : IRequestHandler<ListViolationKinds, Page<ViolationKindItem>>
{
    public async Task<Page<ViolationKindItem>> Handle(ListViolationKinds request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var kinds = db.ViolationKinds.AsQueryable();
        if (Paging.ReadCursor<CodeKey>(request.Query.Cursor) is { Code: var after }) kinds = kinds.Where(k => k.Code.CompareTo(after) > 0);
        var rows = await kinds.Join(db.ViolationKindVersions, k => new { Kind = k.Code, k.Version }, v => new { v.Kind, v.Version }, (k, v) => v)
            .OrderBy(v => v.Kind).Take(limit + 1).AsNoTracking().ToListAsync(cancellationToken);
        return Paging.Cut([.. rows.Select(ViolationKindItem.Of)], limit, k => new CodeKey(k.Code));
    }
}

internal static class ListViolationKindsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/violation-kinds", (Query<ListViolationKindsQuery> query, Call call) => call.Ask(new ListViolationKinds(query.Value)))
        .Tells<Page<ViolationKindItem>>("listViolationKinds", "List kinds of violation", "What counts as a violation and what its offences lead to, by code.", rules: "ORG-13")
        .Requires(OrganizationPermissions.Read);
}
