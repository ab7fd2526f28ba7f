using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Estate;

/// <summary>ORG-01, ORG-03: the open stations that somebody answers for.</summary>
internal sealed class StationsInCharge(OrganizationDb db) : IHoldings
{
    public string Kind => "station";

    public async Task<IReadOnlyList<Holding>> ListAsync(string staff, ProjectScope scope, string? after, int limit, CancellationToken ct)
    {
        var stations = await db.StationsIn(scope).Where(s => s.InCharge == staff && s.ClosedAt == null).ToDictionaryAsync(s => s.Code, s => s.Project, ct);
        return [.. stations.Keys.Follow(after, limit).Select(code => new Holding(Kind, code, Number: null, stations[code]))];
    }
}
