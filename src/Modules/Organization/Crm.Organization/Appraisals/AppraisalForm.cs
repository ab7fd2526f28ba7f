using Crm.Shared.Data;

namespace Crm.Organization.Appraisals;

/// <summary>ORG-14: one of the things a form looks at.</summary>
/// <param name="Code">What scores refer to.</param>
/// <param name="TitleEn">Its name in English.</param>
/// <param name="TitleZh">Its name in Chinese.</param>
/// <param name="Weight">How much of the whole it is, in percent.</param>
/// <param name="Figure">The figure its points come from; null when they are given by hand.</param>
/// <param name="Target">The count that is worth 100 points; only of a figure that is a count.</param>
internal sealed record Criterion(string Code, string TitleEn, string TitleZh, int Weight, string? Figure = null, int? Target = null);

/// <summary>ORG-14: what an appraisal looks at, with how much weight. An appraisal keeps the criteria it was begun with.</summary>
internal sealed class AppraisalForm : Aggregate
{
    public required string Code { get; init; }

    public required string TitleEn { get; set; }

    public required string TitleZh { get; set; }

    public required Criterion[] Criteria { get; set; }

    /// <summary>Marks an edit.</summary>
    public void Edited() => Touch();
}
