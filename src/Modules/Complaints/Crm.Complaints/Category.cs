using Crm.Shared.Privacy;

namespace Crm.Complaints;

/// <summary>CMP-05: a category of a project's tree.</summary>
[NotPersonal("the name of a category", "NameEn", "NameZh")]
internal sealed class Category
{
    /// <summary>The category of what fits no other.</summary>
    public const string Other = "other";

    public required string Project { get; init; }

    public required string Code { get; init; }

    public string? Parent { get; init; }

    public required string NameEn { get; init; }

    public required string NameZh { get; init; }

    /// <summary>CMP-06: it notifies the project manager at once.</summary>
    public required bool Incident { get; init; }
}
