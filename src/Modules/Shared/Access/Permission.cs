using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Crm.Shared.Access;

/// <summary>A right that roles and API keys grant, owned by the module whose endpoints ask for it.</summary>
/// <param name="Name">The stable name, e.g. "complaints.resolve".</param>
/// <param name="Meaning">What it lets somebody do.</param>
[NotPersonal("the name of a permission", "Name")]
public sealed record Permission(string Name, Text Meaning);

/// <summary>Endpoint metadata: the one permission an endpoint asks for. An endpoint without it is closed to everybody.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class RequiresPermissionAttribute(string permission, bool everywhere = false) : Attribute, IAuthorizationRequirement, IAuthorizationRequirementData
{
    /// <summary>The permission's name.</summary>
    public string Permission { get; } = permission;

    /// <summary>True when it must be held in every project: what the endpoint changes belongs to none of them.</summary>
    public bool Everywhere { get; } = everywhere;

    /// <inheritdoc/>
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];
}

/// <summary>
/// Lets a caller through who holds the endpoint's permission in at least one project, or in all where the endpoint asks for it; which
/// projects is the use case's question.
/// </summary>
public sealed class PermissionCheck(IHttpContextAccessor accessor) : AuthorizationHandler<RequiresPermissionAttribute>
{
    /// <inheritdoc/>
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RequiresPermissionAttribute requirement)
    {
        if (accessor.HttpContext?.Features.Get<Caller>()?.Scope(requirement.Permission) is { IsEmpty: false } scope && (scope.Everywhere || !requirement.Everywhere))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

/// <summary>Naming the permission of an endpoint.</summary>
public static class PermissionEndpoints
{
    /// <summary>Closes the endpoint to everybody who does not hold <paramref name="permission"/> somewhere (401 without a caller, 403 without the right).</summary>
    public static TBuilder Requires<TBuilder>(this TBuilder endpoint, Permission permission) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization().WithMetadata(new RequiresPermissionAttribute(permission.Name));

    /// <summary>Closes the endpoint to everybody who does not hold <paramref name="permission"/> in every project: what it is about belongs to the whole group.</summary>
    public static TBuilder RequiresEverywhere<TBuilder>(this TBuilder endpoint, Permission permission) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization().WithMetadata(new RequiresPermissionAttribute(permission.Name, everywhere: true));
}
