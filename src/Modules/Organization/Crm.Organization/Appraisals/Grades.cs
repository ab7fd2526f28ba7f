using Crm.Organization.Contracts;
using Crm.Shared.Failures;

namespace Crm.Organization.Appraisals;

/// <summary>ORG-14: what the result of an appraisal proposes.</summary>
internal enum Proposal
{
    /// <summary>无.</summary>
    None,

    /// <summary>奖励.</summary>
    Reward,

    /// <summary>培训.</summary>
    Training,
}

/// <summary>ORG-14: a grade.</summary>
/// <param name="Grade">Its name, such as "A".</param>
/// <param name="From">From so many points on, of 100.</param>
/// <param name="Proposes">What it proposes.</param>
internal sealed record GradeBand(string Grade, int From, Proposal Proposes);

/// <summary>The numbers that appraisals go by.</summary>
internal static class AppraisalPolicies
{
    /// <summary>ORG-14: which result is which grade, best first; the last one begins at 0.</summary>
    public static readonly Policy<GradeBand[]> Grades = new("organization.appraisal-grades", "ORG-14", new Text(
        "From how many points on a result is which grade, and what the grade proposes: best first, the last from 0.", "各考核等级的起始分及建议（奖励、培训），从高到低，最后一级从 0 分起。"),
        [new("A", 90, Proposal.Reward), new("B", 75, Proposal.None), new("C", 60, Proposal.None), new("D", 0, Proposal.Training)], AreBands);

    /// <summary>ORG-14: how long a submitted appraisal waits for the person it concerns.</summary>
    public static readonly Policy<TimeLimit> Unseen = new("organization.appraisal-unseen", "ORG-14", new Text(
        "How long after its submission an appraisal that the person concerned has not looked at may be confirmed all the same.", "考核提交后当事人未查看的，经过多长时间可以直接确认。"),
        TimeLimit.WorkingDays(5), IsSensible: time => time.IsWithin(90));

    /// <summary>ORG-14: the grade of a result: what people read, to two decimals, decides.</summary>
    public static GradeBand GradeOf(decimal result, IEnumerable<GradeBand> bands) => bands.First(b => result >= b.From);

    private static bool AreBands(GradeBand[] bands) =>
        bands.Length is >= 1 and <= 20 && bands.All(b => b is { Grade.Length: >= 1 and <= 20, From: >= 0 and <= 100 }) && bands[^1].From == 0
        && bands.Zip(bands.Skip(1)).All(pair => pair.First.From > pair.Second.From) && bands.DistinctBy(b => b.Grade).Count() == bands.Length;
}
