using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Organization.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListProjectsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListProjects(ProjectScope Scope, ListProjectsQuery Query) : IRequest<Page<ProjectItem>>;

/// <param name="Code">The code by which every other call names the project.</param>
/// <param name="Name">The name people know it by.</param>
/// <param name="TimeZone">Its IANA time zone.</param>
/// <param name="Pack">The policy pack its numbers come from.</param>
/// <param name="ServiceDesk">The staff code that receives what belongs to nobody else.</param>
internal sealed record ProjectItem(string Code, string Name, string TimeZone, string Pack, string ServiceDesk);

/// <summary>ORG-01: the projects the caller may see, by code.</summary>
internal sealed class ListProjectsHandler(OrganizationDirectory directory) : IRequestHandler<ListProjects, Page<ProjectItem>>
{
    public Task<Page<ProjectItem>> Handle(ListProjects request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var after = Paging.ReadCursor<CodeKey>(request.Query.Cursor);
        var rows = directory.Current.Projects
            .Where(p => request.Scope.Includes(p.Code) && (after is null || string.CompareOrdinal(p.Code, after.Code) > 0))
            .OrderBy(p => p.Code, StringComparer.Ordinal).Take(limit + 1)
            .Select(p => new ProjectItem(p.Code, p.Name, p.Zone.Id, p.Pack, p.ServiceDesk)).ToArray();
        return Task.FromResult(Paging.Cut(rows, limit, p => new CodeKey(p.Code)));
    }
}

internal static class ListProjectsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/projects", (Query<ListProjectsQuery> query, Call call) => call.Ask(new ListProjects(call.Scope, query.Value)))
        .Tells<Page<ProjectItem>>("listProjects", "List projects", "The projects in which you may read, by code.", rules: "ORG-01")
        .Requires(OrganizationPermissions.Read);
}
