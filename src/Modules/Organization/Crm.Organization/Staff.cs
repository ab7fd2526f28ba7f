using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization;

/// <summary>ORG-02: a member of staff as stored. The code stands in histories, so it stays for ever.</summary>
internal sealed class StaffRow : Aggregate
{
    public required string Code { get; init; }

    [Personal(Datum.StaffName, Guard.Plain)]
    public required string Name { get; set; }

    /// <summary>The <c>sub</c> of the identity provider's tokens (ORG-09).</summary>
    [Personal(Datum.StaffSignIn, Guard.Plain)]
    public required string Subject { get; set; }

    /// <summary>The code of the department they work in; null for none.</summary>
    public string? Department { get; set; }

    /// <summary>ORG-11: where e-mails to them go, sealed; null for nowhere.</summary>
    [Personal(Datum.StaffAddress, Guard.Sealed)]
    public byte[]? SealedEmail { get; private set; }

    /// <summary>False for somebody who has left: their code stays, and their subject may become that of a new one.</summary>
    public bool Active { get; set; } = true;

    /// <summary>When they left; null while they work here.</summary>
    public Instant? LeftAt { get; private set; }

    /// <summary>Who took over.</summary>
    public string? Successor { get; private set; }

    [Personal(Datum.StaffWords, Guard.Plain)]
    public string? LeavingReason { get; private set; }

    /// <summary>ORG-03: they leave, and somebody takes over.</summary>
    /// <exception cref="BrokenRule">They have left already.</exception>
    public void Depart(string successor, string reason, Instant at)
    {
        if (!Active) throw new BrokenRule("ORG-03", new Text($"{Code} has left already.", $"{Code} 已离职。"));
        (Active, Successor, LeavingReason, LeftAt, SealedEmail) = (false, successor, reason, at, null);
        Touch();
        Raise(new StaffDeparted(Code, successor) { OccurredAt = at });
    }

    /// <summary>ORG-11: gives them an address, or takes it away.</summary>
    public void ReachAt(string? email, KeyRing keys) => SealedEmail = email is null ? null : keys.Seal(email, Place);

    /// <summary>The address in full; null for none.</summary>
    public string? EmailBy(KeyRing keys) => SealedEmail is null ? null : keys.Unseal(SealedEmail, Place);

    private string Place => $"staff:{Code}:email";

    /// <summary>Marks an edit, of their roles too.</summary>
    public void Edited() => Touch();
}
