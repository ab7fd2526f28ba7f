namespace Crm.Organization.Estate;

/// <summary>ORG-01: a building of a project. Its code is unique in the project, not beyond it: most projects have a building 1.</summary>
internal sealed class Building : Part
{
    public required string Project { get; init; }
}
