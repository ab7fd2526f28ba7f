using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListCompaniesQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListCompanies(ProjectScope Scope, ListCompaniesQuery Query) : IRequest<Page<CompanyItem>>;

internal sealed record GetCompany(string Code, ProjectScope Scope) : IRequest<CompanyItem>;

/// <param name="Code">The code by which every other call names it.</param>
/// <param name="Name">The name people know it by.</param>
/// <param name="Version">For If-Match.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record CompanyItem(string Code, string Name, int Version) : IVersioned;

/// <summary>ORG-01: the companies in whose projects the caller may read, by code.</summary>
internal sealed class ListCompaniesHandler(OrganizationDb db) : IRequestHandler<ListCompanies, Page<CompanyItem>>, IRequestHandler<GetCompany, CompanyItem>
{
    public async Task<Page<CompanyItem>> Handle(ListCompanies request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var companies = db.CompaniesIn(request.Scope);
        if (Paging.ReadCursor<CodeKey>(request.Query.Cursor) is { Code: var after }) companies = companies.Where(c => c.Code.CompareTo(after) > 0);
        var rows = await companies.OrderBy(c => c.Code).Take(limit + 1).Select(c => new CompanyItem(c.Code, c.Name, c.Version)).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, c => new CodeKey(c.Code));
    }

    public async Task<CompanyItem> Handle(GetCompany request, CancellationToken cancellationToken) =>
        await db.CompaniesIn(request.Scope).Where(c => c.Code == request.Code).Select(c => new CompanyItem(c.Code, c.Name, c.Version)).SingleOrDefaultAsync(cancellationToken)
        ?? throw new NotFound("company", "公司");
}

internal static class ListCompaniesEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/companies", (Query<ListCompaniesQuery> query, Call call) => call.Ask(new ListCompanies(call.Scope, query.Value)))
            .Tells<Page<CompanyItem>>("listCompanies", "List companies", "The companies in whose projects you may read, by code.", rules: "ORG-01")
            .Requires(OrganizationPermissions.Read);
        routes.MapGet("/companies/{code}", (string code, Call call) => call.Ask(new GetCompany(code, call.Scope)))
            .Tells<CompanyItem>("getCompany", "Get a company", "One company, with the ETag an edit needs.", rules: "ORG-01")
            .About("company", "公司", (OrganizationDb db, string code, ProjectScope scope) => db.CompaniesIn(scope).Where(c => c.Code == code))
            .Requires(OrganizationPermissions.Read);
    }
}
