using Crm.Organization.Deliveries;
using Crm.Organization.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization.Mail;

/// <summary>ORG-11: what e-mails to staff consist of.</summary>
internal static class MailPart
{
    public static IServiceCollection AddMail(this IServiceCollection services) => services
        .AddSingleton<Sender, MailSender>()
        .AddHostedService<DueMails>();

    public static void MapMail(this IEndpointRouteBuilder routes)
    {
        ListEmailsEndpoint.Map(routes);
        ReplayEmailEndpoint.Map(routes);
    }
}
