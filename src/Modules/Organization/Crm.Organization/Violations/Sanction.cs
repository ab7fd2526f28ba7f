
namespace Crm.Organization.Violations;

/// <summary>ORG-13: what is done about an offence.</summary>
internal enum SanctionMeasure
{
    /// <summary>口头警告.</summary>
    VerbalWarning,

    /// <summary>书面警告.</summary>
    WrittenWarning,

    /// <summary>通报批评.</summary>
    PublicCriticism,

    /// <summary>扣分: so many points of the appraisal.</summary>
    PointsDeduction,

    /// <summary>罚款: so many yuan.</summary>
    Fine,

    /// <summary>暂停轮排: not chosen by rotation for so many days.</summary>
    RotationRemoval,

    /// <summary>取消佣金.</summary>
    CommissionForfeiture,

    /// <summary>建议辞退.</summary>
    DismissalProposed,
}

/// <summary>ORG-13: one sanction.</summary>
/// <param name="Measure">What is done.</param>
/// <param name="Amount">How much: points, whole yuan, or days; null for the measures that have no amount.</param>
internal sealed record Sanction(SanctionMeasure Measure, int? Amount = null)
{
    /// <summary>True for the measures of which there is more or less.</summary>
    public static bool HasAmount(SanctionMeasure measure) => measure is SanctionMeasure.PointsDeduction or SanctionMeasure.Fine or SanctionMeasure.RotationRemoval;

    /// <summary>An amount of 1 to 1,000,000 where the measure has one, and only there.</summary>
    public bool IsWhole() => HasAmount(Measure) ? Amount is >= 1 and <= 1_000_000 : Amount is null;
}
