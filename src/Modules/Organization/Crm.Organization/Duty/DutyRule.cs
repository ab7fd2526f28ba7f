using Crm.Shared.Failures;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: what must hold of whoever is given a shift, however they come to it.</summary>
internal static class DutyRule
{
    /// <summary>True when at least so long lies between the end of the earlier shift and the beginning of the later one.</summary>
    public static bool LeavesRest(Interval one, Interval other, Duration rest) => one.End + rest <= other.Start || other.End + rest <= one.Start;

    /// <summary>More of it lies outside the working hours than within.</summary>
    public static bool IsAfterHours(Interval hours, Duration worked) => worked * 2 < hours.Duration;

    /// <summary>How far a running shift may be extended.</summary>
    /// <param name="shift">The shift as it is planned.</param>
    /// <param name="until">Until when they now mean to stay.</param>
    /// <param name="stays">Until when they stay so far.</param>
    /// <param name="limit">At most so long after the planned end.</param>
    /// <param name="now">The instant it is asked at.</param>
    /// <exception cref="BrokenRule">It does not run, or it is no extension, or one over the limit.</exception>
    public static void EnsureMayExtend(Interval shift, Instant stays, Instant until, Duration limit, Instant now)
    {
        if (now < shift.Start || now >= stays) throw Broken("Only a shift that is running can be extended.", "只能延长正在进行的班次。");
        if (until <= stays) throw Broken("It must end later than it does now.", "延长后的结束时间必须晚于当前结束时间。");
        if (until > shift.End + limit)
            throw new BrokenRule(Rule, new Text("It would last longer than the policy organization.shift-extension allows.", "超出策略 organization.shift-extension 允许的延长时间。"),
                $"until <= {NodaTime.Text.InstantPattern.ExtendedIso.Format(shift.End + limit)}");
    }

    /// <summary>The rule all of this belongs to.</summary>
    public const string Rule = "ORG-04";

    /// <summary>A refusal under this rule.</summary>
    public static BrokenRule Broken(string en, string zh, params string[] allowed) => new(Rule, new Text(en, zh), allowed);
}
