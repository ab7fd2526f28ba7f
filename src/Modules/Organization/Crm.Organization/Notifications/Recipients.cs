using Crm.Organization.Access;
using Crm.Organization.Contracts;

namespace Crm.Organization.Notifications;

/// <summary>ORG-11: who is told.</summary>
internal static class Recipients
{
    /// <summary>Everybody the audiences name, each once. When they name nobody who works here, the project's service desk: nothing is told to nobody.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<Audience> audiences, Project? project, Staffing staffing, AccessBook access)
    {
        var named = audiences.SelectMany(a => a switch
        {
            { Staff: { } person } => staffing.Has(person) ? [person] : [],
            { Role: { } role } => staffing.HoldersOf(role, project?.Code),
            { Permission: { } permission } => access.HoldersOf(permission, a.Projects),
            _ => (IReadOnlyList<string>)[],
        }).Distinct().Order(StringComparer.Ordinal).ToArray();
        return named.Length > 0 || project is null || !staffing.Has(project.ServiceDesk) ? named : [project.ServiceDesk];
    }
}
