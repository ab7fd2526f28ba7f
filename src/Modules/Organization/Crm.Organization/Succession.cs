using Crm.Organization.Access;
using Crm.Shared.Access;
using Crm.Shared.Failures;

namespace Crm.Organization;

/// <summary>ORG-03: who can take over from somebody who leaves.</summary>
internal sealed class Succession(string leaver, ILookup<string, RoleAssignment> held, IReadOnlyCollection<ProjectRow> projects, IReadOnlyCollection<Area> areas, IReadOnlyCollection<string> stations)
{
    /// <summary>So many of those who could are named.</summary>
    private const int Named = 20;

    /// <summary>Where the leaver holds a role, is the service desk, manages the area or answers for a station.</summary>
    private readonly ProjectScope needed = AccessBook.ReachOf(held[leaver], projects, areas).Union(ProjectScope.Of(
        projects.Where(p => p.ServiceDesk == leaver || areas.Any(a => a.Code == p.Area && a.Manager == leaver)).Select(p => p.Code).Concat(stations)));

    /// <summary>Lets the successor take over who works here and reaches every project that the leaver does.</summary>
    /// <param name="successor">The staff code.</param>
    /// <param name="staff">Who works here, without the leaver.</param>
    /// <exception cref="BrokenRule">ORG-03, with staff who could.</exception>
    public void Ensure(string successor, IReadOnlyCollection<string> staff)
    {
        if (staff.Contains(successor) && Could(successor)) return;
        throw new BrokenRule("ORG-03", new Text(
            $"{successor} cannot take over: a successor works here and reaches every project that {leaver} does.", $"{successor} 无法接手：接手人须在职，并能覆盖 {leaver} 的全部项目。"),
            [.. staff.Where(Could).Order(StringComparer.Ordinal).Take(Named)]);
    }

    private bool Could(string staff) => AccessBook.ReachOf(held[staff], projects, areas).Includes(needed);
}
