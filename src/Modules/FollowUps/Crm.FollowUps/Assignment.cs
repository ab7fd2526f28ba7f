using Crm.Organization.Contracts;

namespace Crm.FollowUps;

/// <summary>FUP-04: who makes a follow-up.</summary>
internal static class Assignment
{
    /// <summary>
    /// Minor complaint, repair, paid service: who received it. Major: the area manager, which is the project's service desk until areas exist.
    /// Nobody is left out: a receiver who is a machine or has left is replaced by the service desk.
    /// </summary>
    public static string Of(bool major, string? receivedBy, Project project, OrganizationSnapshot organization) =>
        !major && receivedBy is not null && organization.FindStaff(receivedBy) is { Active: true } ? receivedBy : project.ServiceDesk;
}
