using Crm.Organization.Data;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Webhooks;

/// <summary>
/// ORG-11: who is to be told of the events of one batch, by the webhooks there are now and not by what hosts remember of them, read once: the
/// events were all committed before, so whoever was to hear of one of them is there.
/// </summary>
internal sealed class WantingWebhooks(OrganizationDb db)
{
    private IReadOnlyList<Wanting>? all;

    /// <summary>Those that want this type of event of this project. One that is not served gets it noted, and can have it replayed.</summary>
    public async Task<IReadOnlyList<Wanting>> OfAsync(string type, string? project, CancellationToken ct)
    {
        all ??= await db.Set<Webhook>().Where(w => w.DeletedAt == null).Select(w => new Wanting(w.Id, w.EventTypes, w.Project, w.DisabledAt == null)).ToListAsync(ct);
        return [.. all.Where(w => w.EventTypes.Contains(type) && (w.Project == null || w.Project == project))];
    }
}

/// <param name="Id">The webhook.</param>
/// <param name="EventTypes">What it wants.</param>
/// <param name="Project">Of which project; null for all.</param>
/// <param name="IsServed">False while it is disabled.</param>
internal sealed record Wanting(Guid Id, IReadOnlyList<string> EventTypes, string? Project, bool IsServed);
