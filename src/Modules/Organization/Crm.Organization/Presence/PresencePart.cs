using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Presence.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Crm.Organization.Presence;

/// <summary>ORG-04: what presence consists of.</summary>
internal static class PresencePart
{
    public static IServiceCollection AddPresence(this IServiceCollection services) => services
        .AddSingleton<Policy>(PresencePolicies.Limits)
        .AddScoped<WhoIsPresent>(sp => (project, ct) => sp.GetRequiredService<OrganizationDb>().PresentAtAsync(project, sp.GetRequiredService<IClock>().GetCurrentInstant(), ct));

    public static void MapPresence(this IEndpointRouteBuilder routes)
    {
        SetPresenceEndpoint.Map(routes);
        GetOwnPresenceEndpoint.Map(routes);
        ListPresenceEndpoint.Map(routes);
        ListPresenceHistoryEndpoint.Map(routes);
    }

    /// <summary>The presence of those who work here.</summary>
    public static IQueryable<PersonPresence> PresenceOfStaff(this OrganizationDb db) => db.Presences.AsNoTracking().Where(p => db.Staff.Any(s => s.Code == p.Staff && s.Active));

    private static async Task<IReadOnlyList<Present>> PresentAtAsync(this OrganizationDb db, string project, Instant now, CancellationToken ct) =>
        await db.PresenceOfStaff().Where(p => p.Project == project && p.OffAt > now).OrderBy(p => p.Staff).Select(p => new Present(p.Staff, p.State, p.Reason, p.Since)).ToListAsync(ct);
}
