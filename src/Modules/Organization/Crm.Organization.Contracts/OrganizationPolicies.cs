using Crm.Shared.Failures;
using NodaTime;

namespace Crm.Organization.Contracts;

/// <summary>The policy values that belong to no single business module.</summary>
public static class OrganizationPolicies
{
    /// <summary>ORG-04, ORG-07: when a project works on a working day: the regular shift, unless it says otherwise.</summary>
    public static readonly Policy<WorkingHours> WorkingHours = new("organization.working-hours", "ORG-07", new Text(
        "The hours that count as working time on a working day.", "工作日内计为工作时间的时段。"),
        new WorkingHours(new LocalTime(9, 0), new LocalTime(18, 0)), IsSensible: hours => hours.Opens < hours.Closes);

    /// <summary>All of them.</summary>
    public static readonly Policy[] All = [WorkingHours];
}
