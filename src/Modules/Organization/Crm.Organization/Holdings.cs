using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization;

/// <summary>ORG-01, ORG-03: the areas that somebody manages.</summary>
internal sealed class ManagedAreas(OrganizationDb db) : IHoldings
{
    public string Kind => "areaManager";

    public async Task<IReadOnlyList<Holding>> ListAsync(string staff, ProjectScope scope, string? after, int limit, CancellationToken ct)
    {
        var codes = await db.AreasIn(scope).Where(a => a.Manager == staff).Select(a => a.Code).ToListAsync(ct);
        return [.. codes.Follow(after, limit).Select(code => new Holding(Kind, code, Number: null, Project: null))];
    }
}

/// <summary>ORG-01, ORG-03: the projects whose service desk somebody is.</summary>
internal sealed class ServiceDesks(OrganizationDb db) : IHoldings
{
    public string Kind => "serviceDesk";

    public async Task<IReadOnlyList<Holding>> ListAsync(string staff, ProjectScope scope, string? after, int limit, CancellationToken ct)
    {
        var codes = await db.ProjectsIn(scope).Where(p => p.ServiceDesk == staff).Select(p => p.Code).ToListAsync(ct);
        return [.. codes.Follow(after, limit).Select(code => new Holding(Kind, code, Number: null, Project: code))];
    }
}

/// <summary>Codes in ordinal order, whatever the database's collation: they are few.</summary>
internal static class OrdinalCodes
{
    public static IEnumerable<string> Follow(this IEnumerable<string> codes, string? after, int limit) =>
        codes.Where(c => after is null || string.CompareOrdinal(c, after) > 0).Order(StringComparer.Ordinal).Take(limit);
}
