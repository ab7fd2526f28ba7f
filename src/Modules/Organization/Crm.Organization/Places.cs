using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Privacy;

namespace Crm.Organization;

/// <summary>ORG-01: a part of the organization, named by a code that it keeps and nobody else ever gets.</summary>
[NotPersonal("the name of a place", "Name")]
internal abstract class Part : Aggregate
{
    public required string Code { get; init; }

    public required string Name { get; set; }

    /// <summary>Marks an edit.</summary>
    public void Edited() => Touch();
}

/// <summary>ORG-01: a company of the group.</summary>
internal sealed class Company : Part;

/// <summary>ORG-01: projects of one company that one person manages.</summary>
internal sealed class Area : Part
{
    /// <summary>The company its projects belong to; it stays.</summary>
    public required string Company { get; init; }

    /// <summary>The staff code of the area manager.</summary>
    public required string Manager { get; set; }
}

/// <summary>ORG-01: a project as it is stored.</summary>
internal sealed class ProjectRow : Part
{
    public required string Company { get; set; }

    /// <summary>One of the company's areas, or null.</summary>
    public string? Area { get; set; }

    /// <summary>An IANA zone id.</summary>
    public required string TimeZone { get; set; }

    public required string Pack { get; set; }

    public required string ServiceDesk { get; set; }

    /// <summary>Tells the other modules that there is a new project to prepare for.</summary>
    public void Open(NodaTime.Instant at) => Raise(new ProjectOpened(Code) { OccurredAt = at });
}

/// <summary>ORG-01, ORG-02: a department of one company, or of one project.</summary>
internal sealed class Department : Part
{
    public string? Company { get; init; }

    public string? Project { get; init; }
}

/// <summary>ORG-02: what a department has to do with a matter.</summary>
internal enum DepartmentPart
{
    /// <summary>负责.</summary>
    Responsible,

    /// <summary>组织.</summary>
    Organises,

    /// <summary>协助.</summary>
    Assists,

    /// <summary>参与.</summary>
    TakesPart,
}

/// <summary>ORG-02: a department's part in a matter.</summary>
internal sealed class DepartmentDuty
{
    public required string Department { get; init; }

    /// <summary>What it is about, in the company's own words, such as "complaints".</summary>
    public required string Matter { get; init; }

    public required DepartmentPart Part { get; init; }
}
