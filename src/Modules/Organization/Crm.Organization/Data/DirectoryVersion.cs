namespace Crm.Organization.Data;

/// <summary>Counts the changes of the directory, so that hosts notice them with one small query.</summary>
internal sealed class DirectoryVersion
{
    public int Id { get; init; }

    public long Version { get; init; }
}
