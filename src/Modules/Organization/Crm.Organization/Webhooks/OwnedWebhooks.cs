using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Webhooks;

/// <summary>ORG-03, ORG-11: the webhooks that somebody answers for.</summary>
internal sealed class OwnedWebhooks(OrganizationDb db) : IHoldings
{
    public string Kind => "webhook";

    public async Task<IReadOnlyList<Holding>> ListAsync(string staff, ProjectScope scope, string? after, int limit, CancellationToken ct)
    {
        var owned = await db.WebhooksIn(scope).Where(w => w.Owner == staff).Select(w => new { w.Id, w.Project }).ToListAsync(ct);
        var projects = owned.ToDictionary(w => w.Id.ToString(), w => w.Project);
        return [.. projects.Keys.Follow(after, limit).Select(id => new Holding(Kind, id, Number: null, projects[id]))];
    }
}
