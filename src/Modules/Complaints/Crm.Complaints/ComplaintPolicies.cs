global using Moment = Crm.Shared.Clocks.Moment<Crm.Complaints.CasePolicies>;
using Crm.Organization.Contracts;
using Crm.Shared.Clocks;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using NodaTime;

namespace Crm.Complaints;

/// <summary>What ends the clock of the agreed solution (CMP-14).</summary>
internal enum SolutionEnds
{
    /// <summary>The solution is agreed with the customer and carried out.</summary>
    AgreedAndCarriedOut,

    /// <summary>The agreement alone suffices.</summary>
    Agreed,
}

/// <summary>The numbers the rules of this module use, with their defaults by pack.</summary>
internal static class ComplaintPolicies
{
    public static readonly Policy<TimeLimit> Feedback = Time("complaints.feedback", "CMP-09", Duration.FromHours(24), new Text(
        "Time until the customer of a minor complaint hears from us.", "轻微投诉向客户反馈的时限。"));

    public static readonly Policy<TimeLimit> ReportToHead = Time("complaints.report-to-head", "CMP-13", Duration.FromMinutes(10), new Text(
        "Time until a major complaint is reported to the head of asset management.", "重大投诉上报资产管理部负责人的时限。"));

    public static readonly Policy<TimeLimit> HeadAcknowledgement = Time("complaints.head-acknowledgement", "CMP-13", Duration.FromMinutes(10), new Text(
        "Time the head has to acknowledge the report.", "负责人确认收到上报的时限。"));

    public static readonly Policy<TimeLimit> Solution = Time("complaints.solution", "CMP-14", Duration.FromHours(12), new Text(
        "Time until a solution of a major complaint is agreed and carried out.", "重大投诉商定并落实解决方案的时限。"));

    public static readonly Policy<TimeLimit> Escalation = Time("complaints.escalate-to-major", "CMP-16", Duration.FromDays(10), new Text(
        "A complaint not resolved after this time becomes major by itself.", "超过该时限未解决的投诉自动升级为重大投诉。"));

    public static readonly Policy<SolutionEnds> SolutionEnding = new("complaints.solution-ends", "CMP-14", new Text(
        "What ends the solution's clock.", "解决方案时限以何为准。"), SolutionEnds.AgreedAndCarriedOut, IsSensible: _ => true);

    public static readonly Policy<int> WarnAt = new("complaints.warn-at", "CMP-30", new Text(
        "The percentage of its time after which a clock warns.", "时限用去百分之多少时预警。"), Default: 75, IsSensible: percent => percent is >= 1 and <= 100);

    public static readonly Policy<Severity[]> SeverityScale = new("complaints.severity-scale", "CMP-04", new Text(
        "The severities the project uses, lightest first; the last is major.", "项目使用的严重程度，由轻到重，末项为重大。"),
        [Severity.Minor, Severity.Major], IsSensible: scale => scale.Length >= 2 && scale[^1] == Severity.Major && scale.Distinct().Count() == scale.Length)
    {
        Packs = new Dictionary<string, Severity[]> { [Packs.PropertyManagement] = [Severity.Ordinary, Severity.Important, Severity.Major] },
    };

    public static readonly Policy<int> Retention = new("complaints.retention", "CMP-24", new Text(
        "For how many months a filed case is kept whole, before the person it is about can be forgotten.", "归档后须完整保存多少个月，期满后方可删除当事人信息。"), Default: 24, IsSensible: months => months is >= 0 and <= 1_200);

    public static readonly Policy[] All = [Feedback, ReportToHead, HeadAcknowledgement, Solution, Escalation, SolutionEnding, WarnAt, SeverityScale, Retention];

    private static Policy<TimeLimit> Time(string name, string rule, Duration value, Text meaning) =>
        new(name, rule, meaning, TimeLimit.AroundTheClock(value), IsSensible: limit => limit.IsWithin(longestDays: 3650));
}

/// <summary>The values of one project at one instant, as a case needs them.</summary>
internal sealed class CasePolicies(OrganizationSnapshot organization, Project project, Instant at)
{
    public IReadOnlyList<Severity> Scale => Read(ComplaintPolicies.SeverityScale).Value;

    /// <summary>Until when a case filed at this instant is kept whole: the same time of day, so many months later, in the project's zone.</summary>
    public Instant RetainedUntil(Instant archivedAt) =>
        archivedAt.InZone(project.Zone).LocalDateTime.PlusMonths(Read(ComplaintPolicies.Retention).Value).InZoneLeniently(project.Zone).ToInstant();

    public SolutionEnds SolutionEnds => Read(ComplaintPolicies.SolutionEnding).Value;

    /// <summary>How a clock of this kind is set when it starts.</summary>
    /// <param name="kind">What it asks for.</param>
    /// <param name="startedAt">When it starts.</param>
    /// <param name="ran">CMP-29: when earlier clocks of this kind ran in the same cycle: that time is used up.</param>
    /// <param name="rung">The last rung that these had come to.</param>
    public ClockSetting Setting(ComplaintClock kind, Instant startedAt, IReadOnlyList<Interval> ran, Rung? rung = null)
    {
        var budget = Read(kind switch
        {
            ComplaintClock.Feedback => ComplaintPolicies.Feedback,
            ComplaintClock.HeadReport => ComplaintPolicies.ReportToHead,
            ComplaintClock.HeadAcknowledgement => ComplaintPolicies.HeadAcknowledgement,
            ComplaintClock.Solution => ComplaintPolicies.Solution,
            ComplaintClock.Escalation => ComplaintPolicies.Escalation,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
        });
        var asIfBegun = organization.AsIfBegun(budget.Value, project, startedAt, ran, at);
        var given = organization.Give(budget.Value, project, asIfBegun, at);
        return new ClockSetting(kind.ToWire(), startedAt, given.Value, Read(ComplaintPolicies.WarnAt).Value, budget.Policy, budget.Version, startedAt - asIfBegun, rung)
        {
            Given = budget.Value.ToString(), IsProvisional = given.IsProvisional,
        };
    }

    private PolicyReading<T> Read<T>(Policy<T> policy) => organization.Read(policy, project, at);
}
