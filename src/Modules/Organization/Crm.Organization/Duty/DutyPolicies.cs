using Crm.Organization.Contracts;
using Crm.Shared.Failures;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>The numbers that the rules of shifts use.</summary>
internal static class DutyPolicies
{
    public static readonly Policy<Duration> Rest = new("organization.rest-between-shifts", DutyRule.Rule, new Text(
        "At least so long lies between two shifts of one person.", "同一人两个班次之间的最短休息时间。"),
        Duration.FromHours(11), IsSensible: rest => rest >= Duration.Zero && rest <= Duration.FromDays(2));

    public static readonly Policy<int> DaysOff = new("organization.days-off-per-month", DutyRule.Rule, new Text(
        "Days of a month on which a generated roster gives somebody no shift, beside their leave.", "自动排班时每人每月的休息天数（不含请假）。"),
        Default: 4, IsSensible: days => days is >= 0 and <= 20);

    public static readonly Policy<Duration> RemindAhead = new("organization.uncovered-reminder", DutyRule.Rule, new Text(
        "So long before open hours begin, those who are to know are told again.", "缺岗时段开始前多久再次提醒。"),
        Duration.FromHours(24), IsSensible: ahead => ahead > Duration.Zero && ahead <= Duration.FromDays(14));

    public static readonly Policy<Duration> Extension = new("organization.shift-extension", DutyRule.Rule, new Text(
        "At most so long may somebody extend a shift that is running.", "班次最多可延长的时间。"),
        Duration.FromHours(4), IsSensible: limit => limit >= Duration.Zero && limit <= Duration.FromHours(12));

    public static readonly Policy<Duration> HandoverPatience = new("organization.handover-confirmation", HandoverRule.Rule, new Text(
        "So long after the next shift has begun, a note that it has not confirmed is told to the supervisors.", "接班后多久仍未确认交接记录则提醒主管。"),
        Duration.FromMinutes(30), IsSensible: patience => patience > Duration.Zero && patience <= Duration.FromHours(12));

    public static readonly Policy[] All = [Rest, DaysOff, RemindAhead, Extension, HandoverPatience];
}
