using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: how a swap stands.</summary>
internal enum SwapStatus
{
    /// <summary>The other one has to answer.</summary>
    Asked,

    /// <summary>The other one does not want it.</summary>
    Declined,

    /// <summary>Both want it; a supervisor has to decide.</summary>
    Agreed,

    /// <summary>It was carried out.</summary>
    Approved,

    /// <summary>A supervisor has refused it, with a reason.</summary>
    Refused,

    /// <summary>Taken back by who asked.</summary>
    Withdrawn,
}

/// <summary>ORG-04: somebody asks another to take a shift of theirs, for one of the other's or for nothing.</summary>
internal sealed class ShiftSwap : Aggregate
{
    public required string Project { get; init; }

    /// <summary>The shift that is offered.</summary>
    public required Guid Offered { get; init; }

    /// <summary>The shift that is wanted for it; null when the other simply takes it over.</summary>
    public required Guid? Wanted { get; init; }

    public required string AskedBy { get; init; }

    /// <summary>The staff code of the other one.</summary>
    public required string Other { get; init; }

    public required Instant AskedAt { get; init; }

    public SwapStatus Status { get; private set; } = SwapStatus.Asked;

    public string? DecidedBy { get; private set; }

    public Instant? DecidedAt { get; private set; }

    /// <summary>Tells the other one.</summary>
    public void Ask() => Raise(new SwapAsked(Id, Project, AskedBy, Other) { OccurredAt = AskedAt });

    /// <summary>The other one says whether they want it.</summary>
    public void Answer(bool agrees, Instant now)
    {
        Expect(SwapStatus.Asked);
        Status = agrees ? SwapStatus.Agreed : SwapStatus.Declined;
        Touch();
        Raise(agrees ? new SwapAgreed(Id, Project, AskedBy, Other) { OccurredAt = now } : new SwapDecided(Id, Project, AskedBy, Other, IsApproved: false) { OccurredAt = now });
    }

    public void Withdraw()
    {
        Expect(SwapStatus.Asked, SwapStatus.Agreed);
        Status = SwapStatus.Withdrawn;
        Touch();
    }

    /// <summary>A supervisor decides, who is neither of the two.</summary>
    public void Decide(bool approves, string by, Instant now)
    {
        if (by == AskedBy || by == Other) throw DutyRule.Broken("Nobody approves a swap of their own: another supervisor does.", "不得审批本人参与的换班，须由其他主管审批。");
        Expect(SwapStatus.Agreed);
        (Status, DecidedBy, DecidedAt) = (approves ? SwapStatus.Approved : SwapStatus.Refused, by, now);
        Touch();
        Raise(new SwapDecided(Id, Project, AskedBy, Other, approves) { OccurredAt = now });
    }

    /// <exception cref="BrokenRule">It stands otherwise.</exception>
    private void Expect(params SwapStatus[] expected)
    {
        if (expected.Contains(Status)) return;
        string[] allowed = Status switch
        {
            SwapStatus.Asked => ["answer", "withdrawal"],
            SwapStatus.Agreed => ["approval", "refusal", "withdrawal"],
            _ => [],
        };
        throw DutyRule.Broken($"A swap that is {Status.ToWire()} does not allow this.", $"该换班申请当前状态为 {Status.ToWire()}，不允许此操作。", allowed);
    }
}
