using Crm.Shared.Failures;
using NodaTime;

namespace Crm.Organization.Contracts;

/// <summary>ORG-04: what somebody is doing at the moment. For an agent of the call centre, ready is <see cref="OnDuty"/> and busy is <see cref="WithCustomer"/> (ORG-06).</summary>
public enum PresenceState
{
    /// <summary>Not on duty; not signed in.</summary>
    Off,

    /// <summary>在岗: on duty and free; an agent who is ready.</summary>
    OnDuty,

    /// <summary>接待中: with a customer; an agent who is busy.</summary>
    WithCustomer,

    /// <summary>离开: on duty, but not there for a while, for a reason.</summary>
    Away,
}

/// <summary>ORG-04, ORG-06: why somebody on duty is away.</summary>
public enum AwayReason
{
    /// <summary>用餐.</summary>
    Meal,

    /// <summary>小休.</summary>
    Rest,

    /// <summary>会议.</summary>
    Meeting,

    /// <summary>培训.</summary>
    Training,

    /// <summary>后续处理: finishing the paperwork of the customer before.</summary>
    Paperwork,

    /// <summary>外出办事: out on an errand, such as a visit to a home.</summary>
    Errand,
}

/// <summary>ORG-04: somebody who is on duty, in whichever of its states.</summary>
/// <param name="Staff">The staff code.</param>
/// <param name="State">What they are doing; never off.</param>
/// <param name="Reason">Why they are away; null in other states.</param>
/// <param name="Since">Since when they have been doing it.</param>
public sealed record Present(string Staff, PresenceState State, AwayReason? Reason, Instant Since);

/// <summary>ORG-04: who is on duty at a project at this moment, by staff code. Who has left, and whom a rule has set off, is not among them.</summary>
/// <param name="project">The project's code.</param>
/// <param name="ct">Cancels.</param>
public delegate Task<IReadOnlyList<Present>> WhoIsPresent(string project, CancellationToken ct);

/// <summary>ORG-04: when somebody who has forgotten to say so is off duty: at whichever of the two comes first.</summary>
/// <param name="Silence">So long after the last sign of life, around the clock.</param>
/// <param name="DayEnds">The time of day, in the project's zone, at which everybody's day ends: in the night, after the evening shift.</param>
public sealed record PresenceLimits(Duration Silence, LocalTime DayEnds)
{
    /// <summary>
    /// The instant from which on somebody is off duty who gave their last sign of life at <paramref name="seen"/>. A sign given in the very
    /// instant in which a day ends belongs to the next.
    /// </summary>
    public Instant OffAt(Instant seen, DateTimeZone zone)
    {
        var date = seen.InZone(zone).Date;
        var end = zone.AtLeniently(date + DayEnds).ToInstant();
        if (end <= seen) end = zone.AtLeniently(date.PlusDays(1) + DayEnds).ToInstant();
        return Instant.Min(end, seen + Silence);
    }
}

/// <summary>The numbers that presence goes by.</summary>
public static class PresencePolicies
{
    /// <summary>ORG-04: when a rule sets somebody off duty.</summary>
    public static readonly Policy<PresenceLimits> Limits = new("organization.presence-limits", "ORG-04", new Text(
        "When somebody who has not signed off is off duty: so long after their last sign of life, or at the end of the day, whichever comes first.",
        "未签退人员自动离岗的时间：最后一次活动后经过该时长，或到达每日结束时刻，以先到者为准。"),
        new PresenceLimits(Duration.FromHours(12), new LocalTime(4, 0)), IsSensible: limits => limits.Silence > Duration.Zero && limits.Silence <= Duration.FromHours(24));
}
