using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: what kind of leave.</summary>
internal enum LeaveKind
{
    /// <summary>年假.</summary>
    Annual,

    /// <summary>病假.</summary>
    Sick,

    /// <summary>事假.</summary>
    Personal,

    /// <summary>其他.</summary>
    Other,
}

/// <summary>ORG-04: how a request for leave stands.</summary>
internal enum LeaveStatus
{
    /// <summary>A supervisor has to decide.</summary>
    Asked,

    /// <summary>A supervisor has signed it.</summary>
    Signed,

    /// <summary>A supervisor has refused it, with a reason.</summary>
    Refused,

    /// <summary>Taken back by the person.</summary>
    Withdrawn,
}

/// <summary>ORG-04: leave that somebody asks for. It counts in every project, once it is signed. Why is sealed: reasons may be of one's health.</summary>
internal sealed class LeaveRequest : Aggregate
{
    public required string Staff { get; init; }

    /// <summary>The project whose supervisors decide.</summary>
    public required string Project { get; init; }

    public required LeaveKind Kind { get; init; }

    public required Instant StartsAt { get; init; }

    public required Instant EndsAt { get; init; }

    /// <summary>Why, sealed by the key ring.</summary>
    [Personal(Datum.StaffWords, Guard.Sealed)]
    public byte[] Reason { get; set; } = [];

    public required Instant AskedAt { get; init; }

    public LeaveStatus Status { get; private set; } = LeaveStatus.Asked;

    /// <summary>Who decided; null while nobody has.</summary>
    public string? DecidedBy { get; private set; }

    public Instant? DecidedAt { get; private set; }

    /// <summary>Why it was refused, sealed; null when it was not.</summary>
    [Personal(Datum.StaffWords, Guard.Sealed)]
    public byte[]? Refusal { get; private set; }

    public Interval Time => new(StartsAt, EndsAt);

    /// <summary>Where its sealed texts are kept.</summary>
    public string Place(string column) => $"organization.leave_requests.{column}:{Id}";

    /// <summary>Tells those who decide.</summary>
    public void Ask() => Raise(new LeaveAsked(Id, Project, Staff, StartsAt, EndsAt) { OccurredAt = AskedAt });

    /// <exception cref="BrokenRule">It is one's own, or it is decided.</exception>
    public void Sign(string by, Instant now) => Decide(LeaveStatus.Signed, by, now);

    /// <exception cref="BrokenRule">It is one's own, or it is decided.</exception>
    public void Refuse(byte[] reason, string by, Instant now)
    {
        Decide(LeaveStatus.Refused, by, now);
        Refusal = reason;
    }

    /// <summary>Taken back, as long as it is not over.</summary>
    /// <returns>True when it was signed: its hours are worked again.</returns>
    /// <exception cref="BrokenRule">It is refused or withdrawn, or over.</exception>
    public bool Withdraw(Instant now)
    {
        if (Status is not (LeaveStatus.Asked or LeaveStatus.Signed)) throw Closed();
        if (EndsAt <= now) throw DutyRule.Broken("This leave is over.", "该假期已结束。");
        var wasSigned = Status == LeaveStatus.Signed;
        Status = LeaveStatus.Withdrawn;
        Touch();
        return wasSigned;
    }

    private void Decide(LeaveStatus decision, string by, Instant now)
    {
        if (by == Staff) throw DutyRule.Broken("Nobody decides on their own leave: another supervisor does.", "不得审批本人的请假，须由其他主管审批。");
        if (Status != LeaveStatus.Asked) throw Closed();
        (Status, DecidedBy, DecidedAt) = (decision, by, now);
        Touch();
        Raise(new LeaveDecided(Id, Project, Staff, StartsAt, EndsAt, decision == LeaveStatus.Signed) { OccurredAt = now });
    }

    private BrokenRule Closed() => DutyRule.Broken($"This request is {Status.ToWire()} already.", $"该请假单当前状态为 {Status.ToWire()}，不能再处理。");
}
