using System.Text.Json;
using Crm.Shared.Data;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-05: a customer whom the next shift is to contact.</summary>
/// <param name="Kind">The kind of record it is about, such as complaint or followUp.</param>
/// <param name="Id">That record.</param>
/// <param name="Text">What is to be done.</param>
internal sealed record CustomerToContact(string Kind, Guid Id, [property: Personal(Datum.ShiftWords, Guard.InScope)] string Text);

/// <summary>ORG-05: what one shift tells the next.</summary>
/// <param name="Urgent">What is urgent; empty when nothing is.</param>
/// <param name="Customers">Whom to contact.</param>
internal sealed record HandoverContent([property: Personal(Datum.ShiftWords, Guard.InScope)] string Urgent, IReadOnlyList<CustomerToContact> Customers);

/// <summary>ORG-05: a note from one shift to the next, which confirms it once. What it says may hold personal data, so it is sealed.</summary>
internal sealed class ShiftHandover : Aggregate
{
    public required string Project { get; init; }

    /// <summary>The shift it comes from.</summary>
    public required Guid Slot { get; init; }

    /// <summary>That shift's code.</summary>
    public required string Shift { get; init; }

    /// <summary>The day that shift began on.</summary>
    public required LocalDate Date { get; init; }

    public required string WrittenBy { get; init; }

    public required Instant WrittenAt { get; init; }

    /// <summary>What it says, sealed by the key ring; null once it was erased.</summary>
    [Personal(Datum.ShiftWords, Guard.Sealed)]
    public byte[]? Content { get; private set; }

    /// <summary>The records it is about, with the first of which it is erased.</summary>
    public Guid[] About { get; private set; } = [];

    /// <summary>ORG-12: when it was erased, because a record it is about was; null while it was not.</summary>
    public Instant? ErasedAt { get; private set; }

    /// <summary>When it is told that nobody has confirmed it; null when that was told, or somebody has.</summary>
    public Instant? AlertAt { get; private set; }

    public string? ConfirmedBy { get; private set; }

    public Instant? ConfirmedAt { get; private set; }

    /// <summary>Seals what it says, and notes whom it is about.</summary>
    public void Write(HandoverContent content, KeyRing keys, Instant alertAt) =>
        (Content, About, AlertAt) = (keys.Seal(JsonSerializer.Serialize(content, CrmJson.Options), Place), [.. content.Customers.Select(c => c.Id).Distinct()], alertAt);

    /// <summary>What it says; nothing once it was erased.</summary>
    public HandoverContent Read(KeyRing keys) =>
        Content is null ? new("", []) : JsonSerializer.Deserialize<HandoverContent>(keys.Unseal(Content, Place), CrmJson.Options)!;

    /// <summary>ORG-12: forgets all it says: what stands in one line may well be about whom another names. Who wrote and who confirmed it stays.</summary>
    public void Erase(Instant now)
    {
        (Content, ErasedAt, AlertAt) = (null, now, null);
        Touch();
    }

    /// <summary>Somebody has read it and takes it over.</summary>
    /// <exception cref="Shared.Failures.BrokenRule">It is confirmed already, or it is one's own.</exception>
    public void Confirm(string by, Instant now)
    {
        if (ConfirmedAt is not null) throw HandoverRule.Broken($"{ConfirmedBy} has confirmed it already.", $"{ConfirmedBy} 已确认。");
        if (by == WrittenBy) throw HandoverRule.Broken("Who wrote a note does not confirm it.", "交接记录不能由本人确认。");
        (ConfirmedBy, ConfirmedAt, AlertAt) = (by, now, null);
        Touch();
    }

    /// <summary>Tells those who are to know that nobody has confirmed it.</summary>
    public void Alert(Instant now)
    {
        AlertAt = null;
        Raise(new HandoverUnconfirmed(Id, Project, Shift, Date) { OccurredAt = now });
    }

    private string Place => $"organization.shift_handovers.content:{Id}";
}
