using Crm.Complaints;
using Crm.FollowUps;
using Crm.Organization;
using Crm.Shared;

namespace Crm.Host.Commands;

/// <summary>What the modules have registered for the console, without a host being built.</summary>
internal static class Modules
{
    /// <summary>Everything of this type, in the order of the modules.</summary>
    public static IEnumerable<T> Registered<T>() => new ServiceCollection().AddPlatform().AddOrganization().AddComplaints().AddFollowUps()
        .Where(d => d.ServiceType == typeof(T) && !d.IsKeyedService).Select(d => d.ImplementationInstance).OfType<T>();
}
