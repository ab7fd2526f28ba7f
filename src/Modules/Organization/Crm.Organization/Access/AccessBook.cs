using System.Collections.Frozen;
using System.Security.Cryptography;
using Crm.Shared.Access;

namespace Crm.Organization.Access;

/// <summary>ORG-03, ORG-09: who may do what, as of one version of the directory. Answers without a query.</summary>
internal sealed class AccessBook(
    IReadOnlyCollection<StaffRow> staff, IReadOnlyCollection<Role> roles, IReadOnlyCollection<RoleAssignment> assignments,
    IReadOnlyCollection<ApiKey> keys, IReadOnlyCollection<ProjectRow> projects, IReadOnlyCollection<Area> areas, IReadOnlyCollection<Permission> catalogue)
{
    private readonly FrozenDictionary<string, string> codes = staff.Where(s => s.Active).ToFrozenDictionary(s => s.Subject, s => s.Code);

    private readonly FrozenDictionary<string, Caller> byCode = staff.Where(s => s.Active).ToFrozenDictionary(
        s => s.Code, s => new Caller(s.Code, s.Code, Grants(assignments.Where(a => a.Staff == s.Code), roles, projects, areas, catalogue)));

    private readonly FrozenDictionary<string, (ApiKey Key, Caller Machine)> byPrefix = keys.ToFrozenDictionary(k => k.Prefix, k => (k, Machine(k)));

    /// <summary>The active member of staff behind a token's <c>sub</c>; null for a stranger or somebody who has left.</summary>
    public Caller? FindStaff(string subject) => codes.TryGetValue(subject, out var code) ? byCode[code] : null;

    /// <summary>The active member of staff with this code; null for nobody, or somebody who has left.</summary>
    public Caller? FindByCode(string staff) => byCode.GetValueOrDefault(staff);

    /// <summary>The staff codes of those who work here and may do this in one of the projects; in any, where none is named.</summary>
    public IReadOnlyList<string> HoldersOf(string permission, IReadOnlyCollection<string> projects) =>
        [.. byCode.Values.Where(c => c.Scope(permission) is { IsEmpty: false } scope && (projects.Count == 0 || projects.Any(scope.Includes))).Select(c => c.Staff!)];

    /// <summary>True when this book has heard of the key, valid or not: an unknown key may be newer than the book.</summary>
    public bool Knows(string keyText) => byPrefix.ContainsKey(ApiKey.PrefixOf(keyText));

    /// <summary>The machine behind a key; null when the key is wrong, revoked or expired.</summary>
    /// <param name="keyText">The key as sent.</param>
    /// <param name="realNow">Real time: keys do not live by the domain's clock.</param>
    public Caller? FindMachine(string keyText, DateTimeOffset realNow)
    {
        if (!byPrefix.TryGetValue(ApiKey.PrefixOf(keyText), out var known)) return null;
        var (key, machine) = known;
        return CryptographicOperations.FixedTimeEquals(key.Hash, ApiKey.HashOf(keyText)) && key.RevokedAt is null && !(key.ExpiresAt?.ToDateTimeOffset() <= realNow)
            ? machine
            : null;
    }

    private static Caller Machine(ApiKey key)
    {
        var scope = key.Project is null ? ProjectScope.All : ProjectScope.Of([key.Project]);
        return new Caller("key:" + key.Prefix, Staff: null, key.Permissions.ToFrozenDictionary(p => p, _ => scope));
    }

    private static FrozenDictionary<string, ProjectScope> Grants(
        IEnumerable<RoleAssignment> assignments, IReadOnlyCollection<Role> roles, IReadOnlyCollection<ProjectRow> projects, IReadOnlyCollection<Area> areas, IReadOnlyCollection<Permission> catalogue)
    {
        var grants = new Dictionary<string, ProjectScope>();
        foreach (var assignment in assignments)
        {
            var granted = roles.Single(r => r.Name == assignment.Role).Permissions;
            var scope = ProjectsOf(assignment.Scope, projects, areas);
            foreach (var permission in granted.Contains(Role.Everything) ? catalogue.Select(p => p.Name).Append(Role.Everything) : granted)
                grants[permission] = grants.GetValueOrDefault(permission, ProjectScope.None).Union(scope);
        }

        return grants.ToFrozenDictionary();
    }

    /// <summary>ORG-03: where somebody who holds these roles holds any of them.</summary>
    public static ProjectScope ReachOf(IEnumerable<RoleAssignment> held, IReadOnlyCollection<ProjectRow> projects, IReadOnlyCollection<Area> areas) =>
        held.Aggregate(ProjectScope.None, (reach, assignment) => reach.Union(ProjectsOf(assignment.Scope, projects, areas)));

    /// <summary>ORG-03: the projects that lie in the place now; whoever holds an area or a company holds what joins it later, too.</summary>
    private static ProjectScope ProjectsOf(RoleScope place, IReadOnlyCollection<ProjectRow> projects, IReadOnlyCollection<Area> areas) => place.Kind switch
    {
        ScopeKind.Project => ProjectScope.Of([place.Place!]),
        ScopeKind.Area => ProjectScope.Of(projects.Where(place.Holds).Select(p => p.Code), place.ToString()),
        ScopeKind.Company => ProjectScope.Of(
            projects.Where(place.Holds).Select(p => p.Code),
            [place.ToString(), .. areas.Where(a => a.Company == place.Place).Select(a => new RoleScope(ScopeKind.Area, a.Code).ToString())]),
        _ => ProjectScope.All,
    };
}
