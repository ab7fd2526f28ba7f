using Crm.Organization.Erasures.Features;
using Crm.Shared.Privacy;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization.Erasures;

/// <summary>ORG-12: what forgetting people at their request consists of.</summary>
internal static class ErasuresPart
{
    public static IServiceCollection AddErasures(this IServiceCollection services) => services
        .AddScoped<Forgetting>()
        .AddHostedService<ErasureJob>()
        .AddSingleton(new BlindIndexColumn("organization.erasures", "phone_index", Sealed: null, Place: null));

    public static void MapErasures(this IEndpointRouteBuilder routes)
    {
        PreviewErasureEndpoint.Map(routes);
        OrderErasureEndpoint.Map(routes);
        ListErasuresEndpoint.Map(routes);
        GetErasureEndpoint.Map(routes);
        ListErasureRecordsEndpoint.Map(routes);
    }
}
