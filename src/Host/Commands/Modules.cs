using Crm.Complaints;
using Crm.FollowUps;
using Crm.Organization;
using Crm.Shared;

namespace Crm.Host.Commands;

/// <summary>The modules this host is made of, and what they have registered for the console, without a host being built.</summary>
internal static class Modules
{
    /// <summary>Registers the platform and every module on it.</summary>
    public static IServiceCollection AddModules(this IServiceCollection services) => services.AddPlatform().AddOrganization().AddComplaints().AddFollowUps();

    /// <summary>Everything of this type, in the order of the modules.</summary>
    public static IEnumerable<T> Registered<T>() => new ServiceCollection().AddModules()
        .Where(d => d.ServiceType == typeof(T) && !d.IsKeyedService).Select(d => d.ImplementationInstance).OfType<T>();
}
