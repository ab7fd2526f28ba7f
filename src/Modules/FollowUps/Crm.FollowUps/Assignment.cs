using Crm.Organization.Contracts;

namespace Crm.FollowUps;

/// <summary>FUP-04: who makes a follow-up.</summary>
internal static class Assignment
{
    /// <summary>
    /// Minor complaint, repair, paid service: who received it. Major: the manager of the project's area. Nobody is left out: a receiver who is
    /// a machine, whoever has left, and an area that is not there are replaced by the service desk.
    /// </summary>
    public static string Of(bool major, string? receivedBy, Project project, OrganizationSnapshot organization) =>
        (major ? project.AreaManager : receivedBy) is { } chosen && organization.FindStaff(chosen) is { Active: true } ? chosen : project.ServiceDesk;
}
