using System.Collections.Frozen;

namespace Crm.Organization.Notifications;

/// <summary>ORG-02, ORG-03: who works here and holds which role where, as of one version of the directory.</summary>
internal sealed class Staffing(IEnumerable<StaffRow> staff, IEnumerable<RoleAssignment> assignments, IReadOnlyCollection<ProjectRow> projects)
{
    private readonly FrozenSet<string> here = staff.Where(s => s.Active).Select(s => s.Code).ToFrozenSet();
    private readonly ILookup<(string Role, string? Project), string> holders = assignments
        .SelectMany(a => Places(a, projects), (a, project) => (a.Role, Project: project, a.Staff)).ToLookup(a => (a.Role, a.Project), a => a.Staff);

    /// <summary>True for somebody who works here.</summary>
    public bool Has(string code) => here.Contains(code);

    /// <summary>Those who hold the role in the project; where nobody does, those who hold it in the whole company.</summary>
    public IReadOnlyList<string> HoldersOf(string role, string? project)
    {
        var near = Here(holders[(role, project)]);
        return near.Length > 0 ? near : Here(holders[(role, null)]);
    }

    /// <summary>The projects in which a role is held: one by one through an area or a company; null for the whole group.</summary>
    private static IEnumerable<string?> Places(RoleAssignment held, IReadOnlyCollection<ProjectRow> projects) => held.Scope.Kind switch
    {
        ScopeKind.Group => (string?[])[null],
        ScopeKind.Project => [held.Project],
        _ => projects.Where(held.Scope.Holds).Select(p => (string?)p.Code),
    };

    private string[] Here(IEnumerable<string> codes) => [.. codes.Where(Has).Distinct()];
}
