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

namespace Crm.Complaints.Features;

/// <param name="Project">The project's code.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListCategoriesQuery(string Project, int? Limit = null, string? Cursor = null);

internal sealed record ListCategories(ProjectScope Scope, ListCategoriesQuery Query) : IRequest<Page<CategoryItem>>;

/// <param name="Code">What a case names it by.</param>
/// <param name="Parent">The category it belongs under.</param>
/// <param name="Name">Its name, in the language asked for.</param>
/// <param name="Incident">It notifies the project manager at once (CMP-06).</param>
[NotPersonal("the name of a category", "Name")]
internal sealed record CategoryItem(string Code, string? Parent, string Name, bool Incident);

/// <summary>CMP-05: the categories of a project, by code.</summary>
internal sealed class ListCategoriesHandler(ComplaintsDb db, OrganizationDirectory directory) : IRequestHandler<ListCategories, Page<CategoryItem>>
{
    public async Task<Page<CategoryItem>> Handle(ListCategories request, CancellationToken cancellationToken)
    {
        var q = request.Query;
        directory.Current.ProjectIn(request.Scope, q.Project);
        var limit = Paging.Limit(q.Limit);
        var chinese = Text.InChinese;
        var categories = db.Categories.Where(c => c.Project == q.Project);
        if (Paging.ReadCursor<CodeKey>(q.Cursor) is { Code: var code }) categories = categories.Where(c => c.Code.CompareTo(code) > 0);
        var rows = await categories.OrderBy(c => c.Code).Take(limit + 1)
            .Select(c => new CategoryItem(c.Code, c.Parent, chinese ? c.NameZh : c.NameEn, c.Incident)).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, c => new CodeKey(c.Code));
    }
}

internal static class ListCategoriesEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/categories", (Query<ListCategoriesQuery> query, Call call) => call.Ask(new ListCategories(call.Scope, query.Value)))
        .Tells<Page<CategoryItem>>("listCategories", "List categories", "The categories a case of this project can have, by code.", rules: "CMP-05")
        .Requires(ComplaintPermissions.Read);
}
