global using Moment = Crm.Shared.Clocks.Moment<Crm.FollowUps.VisitPolicies>;
using Crm.Organization.Contracts;
using Crm.Shared.Clocks;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using NodaTime;

namespace Crm.FollowUps;

/// <summary>FUP-07: how often, how far apart and at which hours a customer is tried.</summary>
/// <param name="Count">Attempts before the follow-up is closed as unreachable.</param>
/// <param name="Spacing">At least this long between two attempts.</param>
/// <param name="FromHour">First hour of the day, in the project's zone.</param>
/// <param name="ToHour">The hour at which calling ends.</param>
internal sealed record Attempts(int Count, Duration Spacing, int FromHour, int ToHour);

/// <summary>The numbers the rules of this module use, with their defaults by pack.</summary>
internal static class FollowUpPolicies
{
    public static readonly Policy<TimeLimit> Complaint = Window("followups.complaint", "FUP-02", new Text("Window of the return visit after a complaint.", "投诉回访时限。")) with
    {
        Packs = new Dictionary<string, TimeLimit> { [Packs.PropertyManagement] = TimeLimit.AroundTheClock(Duration.FromDays(3)) },
    };

    public static readonly Policy<TimeLimit> Repair = Window("followups.repair", "FUP-02", new Text("Window of the return visit after a repair.", "维修回访时限。"));

    public static readonly Policy<TimeLimit> PaidService = Window("followups.paid-service", "FUP-02", new Text("Window of the return visit after a paid service.", "有偿服务回访时限。"));

    public static readonly Policy<Attempts> Attempts = new("followups.attempts", "FUP-07", new Text(
        "How often, how far apart and between which hours a customer is tried.", "回访尝试次数、间隔与时段。"),
        new Attempts(Count: 3, Duration.FromHours(2), FromHour: 9, ToHour: 20),
        IsSensible: a => a.Count is >= 1 and <= 20 && a.Spacing > Duration.Zero && a.Spacing <= Duration.FromDays(7) && a.FromHour >= 0 && a.FromHour < a.ToHour && a.ToHour <= 24);

    public static readonly Policy<int> DissatisfiedAt = new("followups.dissatisfied-at", "FUP-10", new Text(
        "A satisfaction of this or less, of 5, counts as not satisfied.", "满意度不高于该分值（5 分制）视为不满意。"), Default: 2, IsSensible: score => score is >= 1 and <= 4);

    public static readonly Policy<int> WarnAt = new("followups.warn-at", "FUP-02", new Text(
        "The percentage of its time after which a clock warns.", "时限用去百分之多少时预警。"), Default: 75, IsSensible: percent => percent is >= 1 and <= 100);

    public static readonly Policy[] All = [Complaint, Repair, PaidService, Attempts, DissatisfiedAt, WarnAt];

    private static Policy<TimeLimit> Window(string name, string rule, Text meaning) =>
        new(name, rule, meaning, TimeLimit.AroundTheClock(Duration.FromHours(24)), IsSensible: limit => limit.IsWithin(longestDays: 366));
}

/// <summary>The values of one project at one instant, as a follow-up needs them.</summary>
internal sealed class VisitPolicies(OrganizationSnapshot organization, Project project, Instant at)
{
    public Attempts Attempts => Read(FollowUpPolicies.Attempts).Value;

    public int DissatisfiedAt => Read(FollowUpPolicies.DissatisfiedAt).Value;

    public DateTimeZone Zone => project.Zone;

    /// <summary>FUP-02: the window of a kind of follow-up.</summary>
    public ClockSetting Due(FollowUpKind kind, Instant from)
    {
        var window = Read(kind switch
        {
            FollowUpKind.Repair => FollowUpPolicies.Repair,
            FollowUpKind.PaidService => FollowUpPolicies.PaidService,
            _ => FollowUpPolicies.Complaint,
        });
        var given = organization.Give(window.Value, project, from, at);
        return new ClockSetting(FollowUpClock.Due.ToWire(), from, given.Value, WarnPercent, window.Policy, window.Version) { Given = window.Value.ToString(), IsProvisional = given.IsProvisional };
    }

    /// <summary>FUP-07: the time in which the next attempt is to be made.</summary>
    public ClockSetting Retry(Instant opensAt, Instant dueAt)
    {
        var attempts = Read(FollowUpPolicies.Attempts);
        return new ClockSetting(FollowUpClock.Retry.ToWire(), opensAt, dueAt - opensAt, WarnPercent, attempts.Policy, attempts.Version);
    }

    private int WarnPercent => Read(FollowUpPolicies.WarnAt).Value;

    private PolicyReading<T> Read<T>(Policy<T> policy) => organization.Read(policy, project, at);
}
