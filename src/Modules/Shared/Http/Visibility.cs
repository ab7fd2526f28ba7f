using System.Text.Json;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Shared.Http;

/// <summary>Tells whether a project of this code exists. Supplied by the module that knows projects.</summary>
public delegate bool ProjectExists(string code);

/// <summary>Endpoint metadata: how to find out whether the thing in the path is the caller's to see.</summary>
/// <param name="Thing">The kind of thing, for the 404's text.</param>
/// <param name="Zh">The same in Chinese.</param>
/// <param name="IsVisible">True when the thing that these parts of the path name, in their order, exists in the scope.</param>
public sealed record PathSubject(string Thing, string Zh, Func<IServiceProvider, IReadOnlyList<string>, ProjectScope, CancellationToken, Task<bool>> IsVisible);

/// <summary>Endpoint metadata: what the path names is one person's own; others find nothing there, whatever their rights.</summary>
public sealed record OnesOwn;

/// <summary>404 before 400: decides whether what a request names is the caller's to see, without needing the request to be well formed.</summary>
public static class Visibility
{
    /// <summary>Says what the <c>{id}</c> of the path names and which query decides that the caller may see it.</summary>
    public static TBuilder About<TBuilder, TDb>(
        this TBuilder endpoint, string thing, string zh, Func<TDb, Guid, ProjectScope, IQueryable<object>> visible)
        where TBuilder : IEndpointConventionBuilder
        where TDb : DbContext =>
        endpoint.WithMetadata(new PathSubject(
            thing, zh, (services, path, scope, ct) => visible(services.GetRequiredService<TDb>(), Guid.Parse(path[0]), scope).AnyAsync(ct)));

    /// <summary>Says what the <c>{code}</c> of the path names and which query decides that the caller may see it.</summary>
    public static TBuilder About<TBuilder, TDb>(
        this TBuilder endpoint, string thing, string zh, Func<TDb, string, ProjectScope, IQueryable<object>> visible)
        where TBuilder : IEndpointConventionBuilder
        where TDb : DbContext =>
        endpoint.WithMetadata(new PathSubject(thing, zh, (services, path, scope, ct) => visible(services.GetRequiredService<TDb>(), path[0], scope).AnyAsync(ct)));

    /// <summary>Says what the two codes of the path name together and which query decides that the caller may see it.</summary>
    public static TBuilder About<TBuilder, TDb>(
        this TBuilder endpoint, string thing, string zh, Func<TDb, string, string, ProjectScope, IQueryable<object>> visible)
        where TBuilder : IEndpointConventionBuilder
        where TDb : DbContext =>
        endpoint.WithMetadata(new PathSubject(thing, zh, (services, path, scope, ct) => visible(services.GetRequiredService<TDb>(), path[0], path[1], scope).AnyAsync(ct)));

    /// <summary>Says what the <c>{code}</c> and the <c>{id}</c> behind it name and which query decides that the caller may see it.</summary>
    public static TBuilder About<TBuilder, TDb>(
        this TBuilder endpoint, string thing, string zh, Func<TDb, string, Guid, ProjectScope, IQueryable<object>> visible)
        where TBuilder : IEndpointConventionBuilder
        where TDb : DbContext =>
        endpoint.WithMetadata(new PathSubject(
            thing, zh, (services, path, scope, ct) => visible(services.GetRequiredService<TDb>(), path[0], Guid.Parse(path[1]), scope).AnyAsync(ct)));

    /// <summary>Says what the <c>{id}</c> of the path names, that it is one person's own, and which query decides whether it is the caller's.</summary>
    public static TBuilder AboutOnesOwn<TBuilder, TDb>(this TBuilder endpoint, string thing, string zh, Func<TDb, Guid, string, IQueryable<object>> own)
        where TBuilder : IEndpointConventionBuilder
        where TDb : DbContext =>
        endpoint.WithMetadata(new OnesOwn(), new PathSubject(thing, zh, async (services, path, _, ct) =>
            services.GetRequiredService<IHttpContextAccessor>().HttpContext!.Features.Get<Caller>()?.Staff is { } staff
            && await own(services.GetRequiredService<TDb>(), Guid.Parse(path[0]), staff).AnyAsync(ct)));

    /// <summary>Says what the <c>{id}</c> and the id behind it name and which query decides that the caller may see it.</summary>
    public static TBuilder About<TBuilder, TDb>(
        this TBuilder endpoint, string thing, string zh, Func<TDb, Guid, Guid, ProjectScope, IQueryable<object>> visible)
        where TBuilder : IEndpointConventionBuilder
        where TDb : DbContext =>
        endpoint.WithMetadata(new PathSubject(
            thing, zh, (services, path, scope, ct) => visible(services.GetRequiredService<TDb>(), Guid.Parse(path[0]), Guid.Parse(path[1]), scope).AnyAsync(ct)));

    /// <summary>Checks the path's subject and the body's project.</summary>
    /// <exception cref="NotFound">Either is missing or out of scope.</exception>
    public static async Task EnsureAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint()!;
        var scope = context.Features.Get<Caller>()?.Scope(endpoint.Metadata.GetMetadata<RequiresPermissionAttribute>()?.Permission ?? "") ?? ProjectScope.None;
        if (endpoint.Metadata.GetMetadata<PathSubject>() is { } subject)
        {
            string[] path = [.. ((RouteEndpoint)endpoint).RoutePattern.Parameters.Select(p => (string)context.GetRouteValue(p.Name)!)];
            if (!await subject.IsVisible(context.RequestServices, path, scope, context.RequestAborted)) throw new NotFound(subject.Thing, subject.Zh);
        }

        foreach (var (field, project) in await NamedProjects(context))
            if (!(scope.Includes(project) && context.RequestServices.GetRequiredService<ProjectExists>()(project))) throw new NotFound("project", "项目", field);
    }

    /// <summary>What the body's <c>project</c> and <c>projects</c> name, as far as it can be read.</summary>
    private static async Task<IReadOnlyList<(string Field, string Project)>> NamedProjects(HttpContext context)
    {
        try
        {
            using var body = JsonDocument.Parse(await RawBody.ReadAsync(context));
            if (body.RootElement.ValueKind != JsonValueKind.Object) return [];
            var named = new List<(string, string)>();
            if (body.RootElement.TryGetProperty("project", out var one)) Add("project", one);
            if (body.RootElement.TryGetProperty("projects", out var several) && several.ValueKind == JsonValueKind.Array)
                foreach (var project in several.EnumerateArray()) Add("projects", project);
            return named;

            void Add(string field, JsonElement project)
            {
                if (project.ValueKind == JsonValueKind.String && project.GetString() is { } code && !code.Contains('\0')) named.Add((field, code));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }
}
