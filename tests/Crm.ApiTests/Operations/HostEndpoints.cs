using Crm.ApiTests.Infrastructure;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.ApiTests.Operations;

/// <summary>What the host's own routing table says of an operation.</summary>
/// <param name="Id">The operation.</param>
/// <param name="Method">Its HTTP method.</param>
/// <param name="Path">Its address, with the names of its parts in braces.</param>
/// <param name="Permission">The permission it asks for; null for one that is closed to everybody, or open to anybody.</param>
/// <param name="Everywhere">It asks for the permission in every project.</param>
/// <param name="HasSubject">Its path names something that lies in a scope.</param>
/// <param name="OnesOwn">Its path names something that is one person's own.</param>
/// <param name="Project">Where the caller can name a project: "body", "query", or null.</param>
public sealed record HostEndpoint(string Id, string Method, string Path, string? Permission, bool Everywhere, bool HasSubject, bool OnesOwn, string? Project)
{
    /// <summary>A call of it can be about something of one project, which others do not see.</summary>
    public bool NamesSomething => HasSubject || Project is not null;

    /// <summary>All endpoints of the API proper, by address.</summary>
    public static IReadOnlyList<HostEndpoint> All(HostUnderTest host) =>
    [
        .. host.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal) && e.Metadata.GetMetadata<HttpMethodMetadata>() is not null)
            .Select(Of).OrderBy(e => e.Path, StringComparer.Ordinal).ThenBy(e => e.Method, StringComparer.Ordinal),
    ];

    private static HostEndpoint Of(RouteEndpoint endpoint)
    {
        var (metadata, right) = (endpoint.Metadata, endpoint.Metadata.GetMetadata<RequiresPermissionAttribute>());
        return new(
            metadata.GetMetadata<EndpointNameMetadata>()!.EndpointName, metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single(),
            "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p switch
            {
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart name => $"{{{name.Name}}}",
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                _ => "",
            })))),
            right?.Permission, right?.Everywhere is true, metadata.GetMetadata<PathSubject>() is not null, metadata.GetMetadata<OnesOwn>() is not null,
            (metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } body && (body.GetProperty("Project") ?? body.GetProperty("Projects")) is not null) ? "body"
            : metadata.GetMetadata<QueryParameters>()?.Type.GetProperty("Project") is not null ? "query" : null);
    }
}
