using Crm.Organization.Contracts;
using Crm.Organization.Features;
using Crm.Organization.Reactions;
using Crm.Shared.Retention;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization.Notifications;

/// <summary>ORG-11: what notifications consist of.</summary>
internal static class NotificationsPart
{
    public static IServiceCollection AddNotifications(this IServiceCollection services) => services
        .AddTransient(typeof(Hearing<>), typeof(WhenItHappens<>))
        .AddSingleton<NotificationPolicies>()
        .AddSingleton<Policy>(sp => sp.GetRequiredService<NotificationPolicies>().Urgent)
        .AddScoped<ChosenWays>()
        .AddScoped<Inbox>()
        .AddScoped<NotificationStream>()
        .AddSingleton<Screens>()
        .AddSingleton(new ForgottenRows(OrganizationModule.Schema, "notifications", "recorded_at < $2", keep => keep.Notifications))
        .AddHostedService<Arrivals>();

    public static void MapNotifications(this IEndpointRouteBuilder routes)
    {
        ListNotificationsEndpoint.Map(routes);
        CountUnreadNotificationsEndpoint.Map(routes);
        AcknowledgeNotificationEndpoint.Map(routes);
        AcknowledgeNotificationsEndpoint.Map(routes);
        GetNotificationPreferencesEndpoint.Map(routes);
        SetNotificationPreferencesEndpoint.Map(routes);
        StreamNotificationsEndpoint.Map(routes);
    }
}
