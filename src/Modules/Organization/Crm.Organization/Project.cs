using Crm.Shared.Data;

namespace Crm.Organization;

/// <summary>ORG-01: a project as it is stored.</summary>
internal sealed class ProjectRow
{
    public required string Code { get; init; }

    public required string Name { get; init; }

    /// <summary>An IANA zone id.</summary>
    public required string TimeZone { get; init; }

    public required string Pack { get; init; }

    public required string ServiceDesk { get; init; }
}

/// <summary>ORG-02: a member of staff as stored.</summary>
internal sealed class StaffRow
{
    public required string Code { get; init; }

    public required string Name { get; init; }

    /// <summary>The <c>sub</c> of the identity provider's tokens (ORG-09).</summary>
    public required string Subject { get; init; }

    public bool Active { get; init; } = true;
}

/// <summary>ORG-03: a named set of permissions; "*" stands for all.</summary>
internal sealed class Role
{
    public const string Everything = "*";

    public required string Name { get; init; }

    public required string[] Permissions { get; init; }
}

/// <summary>ORG-03: somebody's role in one project, or everywhere.</summary>
internal sealed class RoleAssignment
{
    public Guid Id { get; init; } = Ids.Next();

    public required string Staff { get; init; }

    public required string Role { get; init; }

    /// <summary>Null: in every project.</summary>
    public string? Project { get; init; }
}

/// <summary>Counts the changes of the directory, so that hosts notice them with one small query.</summary>
internal sealed class DirectoryVersion
{
    public int Id { get; init; }

    public long Version { get; init; }
}
