using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.ApiTests.Infrastructure;

/// <summary>
/// Lets the hosts of this process share what EF Core works out of a module's mapping: its model and its translated queries. It would work
/// them out anew for each data source, that is for each host, and keep all of them.
/// </summary>
internal static class OneModel
{
    /// <summary>To be called for each module of a host.</summary>
    public static void For<TDb>(IServiceCollection services) where TDb : DbContext =>
        services.ConfigureDbContext<TDb>(options => options.UseInternalServiceProvider(Shared<TDb>.Services), ServiceLifetime.Singleton);

    private static class Shared<TDb>
    {
        public static readonly IServiceProvider Services = new ServiceCollection().AddEntityFrameworkNpgsql().BuildServiceProvider();
    }
}
