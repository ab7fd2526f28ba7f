using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Organization.Appraisals.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListFiguresQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListFigures(ListFiguresQuery Query) : IRequest<Page<FigureItem>>;

/// <param name="Name">What a criterion names it by.</param>
/// <param name="Form">How it becomes points: a share in percent, a count in percent of a target, or points that are taken from 100.</param>
/// <param name="Meaning">Exactly what is counted, in the language asked for.</param>
[NotPersonal("the name of a figure", "Name")]
internal sealed record FigureItem(string Name, FigureForm Form, string Meaning);

/// <summary>ORG-14: every figure that a criterion can take its points from, as the modules define it.</summary>
internal sealed class ListFiguresHandler(AppraisalFigures figures) : IRequestHandler<ListFigures, Page<FigureItem>>
{
    public Task<Page<FigureItem>> Handle(ListFigures request, CancellationToken cancellationToken)
    {
        var (limit, after) = (Paging.Limit(request.Query.Limit), Paging.ReadCursor<CodeKey>(request.Query.Cursor)?.Code);
        var rows = figures.Kinds.Values.Where(k => after is null || string.CompareOrdinal(k.Name, after) > 0).OrderBy(k => k.Name, StringComparer.Ordinal).Take(limit + 1);
        return Task.FromResult(Paging.Cut([.. rows.Select(k => new FigureItem(k.Name, k.Form, k.Meaning.Localized))], limit, k => new CodeKey(k.Name)));
    }
}

internal static class ListFiguresEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/appraisal-forms/figures", (Query<ListFiguresQuery> query, Call call) => call.Ask(new ListFigures(query.Value)))
        .Tells<Page<FigureItem>>("listAppraisalFigures", "List the figures of appraisals", "What the system can count of somebody's work, with the exact definition of each, by name.", rules: "ORG-14")
        .Requires(OrganizationPermissions.Read);
}
