using Crm.FollowUps.Contracts;
using Crm.FollowUps.Data;
using Crm.FollowUps.Features;
using Crm.FollowUps.Reactions;
using Crm.Organization.Contracts;
using Crm.Shared.Clocks;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.FollowUps;

/// <summary>Follow-ups: asking the customer whether it is really well.</summary>
public static class FollowUpsModule
{
    internal const string Schema = "followups";

    /// <summary>Registers the module.</summary>
    public static IServiceCollection AddFollowUps(this IServiceCollection services)
    {
        services.AddModule<FollowUpsDb>(Schema, connections: 12, typeof(FollowUpsModule).Assembly);
        services.AddDesk<FollowUpDesk, FollowUpsDb, FollowUp, VisitPolicies>();
        services.AddDeadlines<FollowUpsDb>(Schema, FollowUpPolicies.All, FollowUpPolicies.WarnAt);
        services.AddSingleton<FollowUpNumbers>();
        services.AddScoped<StaffFigures, FollowUpFigures>();
        services.AddFollowUpNotices();
        services.AddSingleton<ICallerRecords, CallerFollowUps>();
        services.AddCustomerFact(new CustomerFact<FollowUpDissatisfied>("followups.dissatisfied", WhenCustomerLinked.Origin, e => e.OriginId));
        services.AddScoped<PlannedVisits>();
        services.AddScoped<IHoldings>(sp => sp.GetRequiredService<PlannedVisits>());
        services.AddScoped<HandOver>(sp => sp.GetRequiredService<PlannedVisits>());
        services.AddFollowUpWebhookEvents();
        services.AddScoped<Erasing, ErasingVisits>();
        services.AddSingleton(new SealedColumn("followups.follow_ups", "sealed_key", "'followups.record_key:' || id"));
        services.AddSingleton(EarlierVisits.Texts);
        foreach (var policy in FollowUpPolicies.All) services.AddSingleton(policy);
        foreach (var permission in FollowUpPermissions.All) services.AddSingleton(permission);
        return services;
    }

    /// <summary>The module's routes.</summary>
    public static void MapFollowUps(this IEndpointRouteBuilder api)
    {
        var routes = api.MapGroup("").WithTags("FollowUps");
        ListFollowUpsEndpoint.Map(routes);
        GetFollowUpEndpoint.Map(routes);
        RecordOutcomeEndpoint.Map(routes);
    }
}
