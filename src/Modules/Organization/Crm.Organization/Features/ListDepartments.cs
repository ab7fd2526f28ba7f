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

namespace Crm.Organization.Features;

/// <param name="Project">Only those of this project and of its company.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListDepartmentsQuery(string? Project = null, int? Limit = null, string? Cursor = null);

internal sealed record ListDepartments(ProjectScope Scope, ListDepartmentsQuery Query) : IRequest<Page<DepartmentItem>>;

internal sealed record GetDepartment(string Code, ProjectScope Scope) : IRequest<DepartmentItem>;

/// <param name="Code">The code by which every other call names it.</param>
/// <param name="Name">The name people know it by.</param>
/// <param name="Company">The company it belongs to; null for a department of a project.</param>
/// <param name="Project">The project it belongs to; null for a department of a company.</param>
/// <param name="Duties">Its part in matters.</param>
/// <param name="Version">For If-Match.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record DepartmentItem(string Code, string Name, string? Company, string? Project, DutyBody[] Duties, int Version) : IVersioned;

/// <summary>ORG-01, ORG-02: the departments of the caller's projects and their companies, by code.</summary>
internal sealed class ListDepartmentsHandler(OrganizationDb db, OrganizationDirectory directory)
    : IRequestHandler<ListDepartments, Page<DepartmentItem>>, IRequestHandler<GetDepartment, DepartmentItem>
{
    public async Task<Page<DepartmentItem>> Handle(ListDepartments request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var departments = db.DepartmentsIn(directory.Current.Narrow(request.Scope, request.Query.Project));
        if (Paging.ReadCursor<CodeKey>(request.Query.Cursor) is { Code: var after }) departments = departments.Where(d => d.Code.CompareTo(after) > 0);
        var rows = await Items(departments.OrderBy(d => d.Code).Take(limit + 1)).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, d => new CodeKey(d.Code));
    }

    public async Task<DepartmentItem> Handle(GetDepartment request, CancellationToken cancellationToken) =>
        await Items(db.DepartmentsIn(request.Scope).Where(d => d.Code == request.Code)).SingleOrDefaultAsync(cancellationToken) ?? throw new NotFound("department", "部门");

    private IQueryable<DepartmentItem> Items(IQueryable<Department> departments) => departments.Select(d => new DepartmentItem(
        d.Code, d.Name, d.Company, d.Project,
        db.Duties.Where(duty => duty.Department == d.Code).OrderBy(duty => duty.Matter).Select(duty => new DutyBody(duty.Matter, duty.Part)).ToArray(), d.Version));
}

internal static class ListDepartmentsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/departments", (Query<ListDepartmentsQuery> query, Call call) => call.Ask(new ListDepartments(call.Scope, query.Value)))
            .Tells<Page<DepartmentItem>>("listDepartments", "List departments", "The departments of the projects in which you may read, and of their companies, by code.", rules: "ORG-01, ORG-02")
            .Requires(OrganizationPermissions.Read);
        routes.MapGet("/departments/{code}", (string code, Call call) => call.Ask(new GetDepartment(code, call.Scope)))
            .Tells<DepartmentItem>("getDepartment", "Get a department", "One department, with the ETag an edit needs.", rules: "ORG-01, ORG-02")
            .About("department", "部门", (OrganizationDb db, string code, ProjectScope scope) => db.DepartmentsIn(scope).Where(d => d.Code == code))
            .Requires(OrganizationPermissions.Read);
    }
}
