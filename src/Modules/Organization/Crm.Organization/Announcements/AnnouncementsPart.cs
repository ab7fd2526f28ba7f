using Crm.Organization.Announcements.Features;
using Crm.Shared.Clocks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization.Announcements;

/// <summary>ORG-15: what announcements consist of.</summary>
internal static class AnnouncementsPart
{
    public static IServiceCollection AddAnnouncements(this IServiceCollection services) => services
        .AddSingleton<ClockSweep, AnnouncementSweep>()
        .AddAnnouncementNotices();

    public static void MapAnnouncements(this IEndpointRouteBuilder routes)
    {
        DraftAnnouncementEndpoint.Map(routes);
        EditAnnouncementEndpoint.Map(routes);
        PublishAnnouncementEndpoint.Map(routes);
        CorrectAnnouncementEndpoint.Map(routes);
        WithdrawAnnouncementEndpoint.Map(routes);
        PinAnnouncementEndpoint.Map(routes);
        ListAnnouncementRegisterEndpoint.Map(routes);
        ListAnnouncementEditionsEndpoint.Map(routes);
        ListAnnouncementsEndpoint.Map(routes);
        CountUnreadAnnouncementsEndpoint.Map(routes);
        MarkAnnouncementReadEndpoint.Map(routes);
        ListAnnouncementReadersEndpoint.Map(routes);
    }
}
