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

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListProjectsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListProjects(ProjectScope Scope, ListProjectsQuery Query) : IRequest<Page<ProjectItem>>;

internal sealed record GetProject(string Code, ProjectScope Scope) : IRequest<ProjectDetails>;

/// <param name="Code">The code by which every other call names the project.</param>
/// <param name="Name">The name people know it by.</param>
/// <param name="TimeZone">Its IANA time zone.</param>
/// <param name="Pack">The policy pack its numbers come from.</param>
/// <param name="ServiceDesk">The staff code that receives what belongs to nobody else.</param>
/// <param name="Company">The company it belongs to.</param>
/// <param name="Area">The area it lies in; null for none.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record ProjectItem(string Code, string Name, string TimeZone, string Pack, string ServiceDesk, string Company, string? Area);

/// <param name="Code">The code by which every other call names the project.</param>
/// <param name="Name">The name people know it by.</param>
/// <param name="TimeZone">Its IANA time zone.</param>
/// <param name="Pack">The policy pack its numbers come from.</param>
/// <param name="ServiceDesk">The staff code that receives what belongs to nobody else.</param>
/// <param name="Company">The company it belongs to.</param>
/// <param name="Area">The area it lies in; null for none.</param>
/// <param name="Version">For If-Match.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record ProjectDetails(string Code, string Name, string TimeZone, string Pack, string ServiceDesk, string Company, string? Area, int Version) : IVersioned;

/// <summary>ORG-01: the projects the caller may see, by code.</summary>
internal sealed class ListProjectsHandler(OrganizationDirectory directory, OrganizationDb db) : IRequestHandler<ListProjects, Page<ProjectItem>>, IRequestHandler<GetProject, ProjectDetails>
{
    public Task<Page<ProjectItem>> Handle(ListProjects request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var after = Paging.ReadCursor<CodeKey>(request.Query.Cursor);
        var rows = directory.Current.Projects
            .Where(p => request.Scope.Includes(p.Code) && (after is null || string.CompareOrdinal(p.Code, after.Code) > 0))
            .OrderBy(p => p.Code, StringComparer.Ordinal).Take(limit + 1)
            .Select(p => new ProjectItem(p.Code, p.Name, p.Zone.Id, p.Pack, p.ServiceDesk, p.Company, p.Area)).ToArray();
        return Task.FromResult(Paging.Cut(rows, limit, p => new CodeKey(p.Code)));
    }

    public async Task<ProjectDetails> Handle(GetProject request, CancellationToken cancellationToken) =>
        await db.ProjectsIn(request.Scope).Where(p => p.Code == request.Code)
            .Select(p => new ProjectDetails(p.Code, p.Name, p.TimeZone, p.Pack, p.ServiceDesk, p.Company, p.Area, p.Version)).SingleOrDefaultAsync(cancellationToken)
        ?? throw new NotFound("project", "项目");
}

internal static class ListProjectsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/projects", (Query<ListProjectsQuery> query, Call call) => call.Ask(new ListProjects(call.Scope, query.Value)))
            .Tells<Page<ProjectItem>>("listProjects", "List projects", "The projects in which you may read, by code.", rules: "ORG-01")
            .Requires(OrganizationPermissions.Read);
        routes.MapGet("/projects/{code}", (string code, Call call) => call.Ask(new GetProject(code, call.Scope)))
            .Tells<ProjectDetails>("getProject", "Get a project", "One project, with the ETag an edit needs.", rules: "ORG-01")
            .About("project", "项目", (OrganizationDb db, string code, ProjectScope scope) => db.ProjectsIn(scope).Where(p => p.Code == code))
            .Requires(OrganizationPermissions.Read);
    }
}
