using Crm.Organization.Access;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Features;
using Crm.Shared.Access;
using Crm.Shared.Data;
using Crm.Shared.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization;

/// <summary>The supporting module: projects, staff, roles, keys and policy values. It knows nothing of the business modules.</summary>
public static class OrganizationModule
{
    internal const string Schema = "organization";

    /// <summary>Registers the module.</summary>
    public static IServiceCollection AddOrganization(this IServiceCollection services)
    {
        services.AddSingleton<OrganizationDirectory>();
        services.AddSingleton<ProjectExists>(sp => code => sp.GetRequiredService<OrganizationDirectory>().Current.FindProject(code) is not null);
        services.AddSingleton<DirectoryRefresh>();
        // Before every dispatcher: what they deliver needs the organization.
        services.AddHostedService(sp => sp.GetRequiredService<DirectoryRefresh>());
        services.AddModule<OrganizationDb>(Schema, connections: 6, typeof(OrganizationModule).Assembly);
        services.AddSingleton<CallerLookup>();
        services.AddSingleton(new DemoData(DemoCompany.SeedAsync));
        foreach (var permission in OrganizationPermissions.All) services.AddSingleton(permission);
        return services;
    }

    /// <summary>Finds out who calls, after authentication and before authorization.</summary>
    /// <param name="context">The call.</param>
    /// <param name="apiKey">The API key it brought, if that is how it signed in.</param>
    public static async Task<Caller?> FindCallerAsync(HttpContext context, string? apiKey)
    {
        var lookup = context.RequestServices.GetRequiredService<CallerLookup>();
        return apiKey is null ? await lookup.FindAsync(context.User, context) : await lookup.FindAsync(apiKey, context.RequestAborted);
    }

    /// <summary>The module's routes.</summary>
    public static void MapOrganization(this IEndpointRouteBuilder api)
    {
        var routes = api.MapGroup("").WithTags("Organization");
        ListProjectsEndpoint.Map(routes);
        ListPoliciesEndpoint.Map(routes);
        SetPolicyEndpoint.Map(routes);
        ListApiKeysEndpoint.Map(routes);
        CreateApiKeyEndpoint.Map(routes);
        RevokeApiKeyEndpoint.Map(routes);
    }
}
