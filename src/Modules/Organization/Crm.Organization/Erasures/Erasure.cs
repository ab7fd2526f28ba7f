using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Erasures;

/// <summary>Where an erasure stands.</summary>
internal enum ErasureState
{
    /// <summary>At work: what can be erased is gone within seconds.</summary>
    InProgress,

    /// <summary>What is left must be kept for now; it goes by itself when its time has come.</summary>
    Waiting,

    /// <summary>Everything that was found is erased.</summary>
    Completed,
}

/// <summary>ORG-12: somebody asked to be forgotten. Of the person it keeps the phone's blind index only, until everything is erased.</summary>
internal sealed class Erasure : Aggregate
{
    private readonly List<ErasureItem> items = [];

    private Erasure() => RequestedBy = "";

    public Erasure(byte[] phoneIndex, string by, Instant now) => (PhoneIndex, RequestedBy, RequestedAt) = (phoneIndex, by, now);

    /// <summary>The phone's blind index: by it a second request is known; null once it has done its service.</summary>
    [Personal(Datum.CustomerPhone, Guard.BlindIndex)]
    public byte[]? PhoneIndex { get; private set; }

    public Instant RequestedAt { get; private set; }

    public string RequestedBy { get; private set; }

    public Instant? CompletedAt { get; private set; }

    public IReadOnlyCollection<ErasureItem> Items => items;

    /// <summary>Takes in what was found; what it knows already stays as it is.</summary>
    public void Take(IEnumerable<ErasureItem> found)
    {
        var known = items.Select(i => i.Key).ToHashSet();
        items.AddRange(found.Where(f => known.Add(f.Key)));
        Touch();
    }

    /// <summary>Whether it has taken in this record, however it was found.</summary>
    public bool Knows(ErasureItem item) => items.Exists(i => i.Key == item.Key);

    /// <summary>A record is erased: what belongs to it goes next, before others that are due. Also what was found by another record it belongs to besides: it goes with the first of them.</summary>
    /// <param name="erased">The record.</param>
    /// <param name="its">What belongs to it now.</param>
    public void Release(ErasureItem erased, IEnumerable<ErasureItem> its)
    {
        var same = its.Select(i => i.Key).ToHashSet();
        foreach (var next in items.Where(i => i.Belongs == erased.RecordId || same.Contains(i.Key))) next.Follow();
        Touch();
    }

    /// <summary>Nothing is left to erase: it is over.</summary>
    public void Complete(Instant now)
    {
        if (CompletedAt is not null) return;
        (CompletedAt, PhoneIndex) = (now, null);
        Touch();
    }

    /// <summary>Where it stands.</summary>
    /// <param name="completedAt">When it was over.</param>
    /// <param name="isAtWork">Something is left that need not be kept.</param>
    public static ErasureState StateOf(Instant? completedAt, bool isAtWork) => completedAt is not null ? ErasureState.Completed : isAtWork ? ErasureState.InProgress : ErasureState.Waiting;
}

/// <summary>ORG-12: one record of the person, and what became of it.</summary>
internal sealed class ErasureItem
{
    /// <summary>What is open is looked at again so often.</summary>
    private static readonly Duration LookAgain = Duration.FromHours(1);

    /// <summary>Before whatever is due by itself.</summary>
    private static readonly Instant First = NodaConstants.UnixEpoch;

    public Guid Id { get; init; } = Ids.Next();

    public Guid ErasureId { get; init; }

    public required string Module { get; init; }

    public required string Kind { get; init; }

    public required Guid RecordId { get; init; }

    public string? Number { get; init; }

    public string? Project { get; init; }

    /// <summary>The record it belongs to, with which it is erased; null for one of its own.</summary>
    public Guid? Belongs { get; init; }

    public string? KeptWhy { get; private set; }

    public Instant? KeptUntil { get; private set; }

    /// <summary>It is left, and need not be kept.</summary>
    public bool IsAtWork => ErasedAt is null && KeptWhy is null;

    /// <summary>When it is looked at next; null once it is erased, and while it waits for what it belongs to.</summary>
    public Instant? NextLookAt { get; private set; }

    public Instant? ErasedAt { get; private set; }

    /// <summary>A record as it was found.</summary>
    /// <param name="module">Its module.</param>
    /// <param name="record">The record.</param>
    /// <param name="of">What it belongs to; null for a record of its own.</param>
    /// <param name="now">When it was found.</param>
    public static ErasureItem Of(string module, PersonalRecord record, ErasureItem? of, Instant now)
    {
        var item = new ErasureItem { Module = module, Kind = record.Kind, RecordId = record.Id, Number = record.Number, Project = record.Project, Belongs = of?.RecordId };
        item.Keep(record.Kept ?? (of?.KeptWhy is { } why ? new Kept(why, of.KeptUntil) : null), now);
        if (of is not null) item.NextLookAt = null;
        return item;
    }

    /// <summary>Which record it is, however it was found.</summary>
    public (string Kind, Guid RecordId) Key => (Kind, RecordId);

    /// <summary>What came of an attempt.</summary>
    public void Tried(ErasureOutcome outcome, Instant now)
    {
        Keep(outcome.Kept, now);
        if (outcome.At is { } at) (ErasedAt, NextLookAt) = (at, null);
    }

    /// <summary>The attempt failed.</summary>
    public void TryLater(Instant now) => NextLookAt = now + Duration.FromMinutes(1);

    /// <summary>What it belongs to is erased: it is its turn, if that is what it waited for. What is due by itself, at work, or kept for a reason of its own stays so.</summary>
    public void Follow()
    {
        if (ErasedAt is null && NextLookAt is null) (KeptWhy, KeptUntil, NextLookAt) = (null, null, First);
    }

    private void Keep(Kept? kept, Instant now) => (KeptWhy, KeptUntil, NextLookAt) = (kept?.Why, kept?.Until, kept is null ? now : kept.Until ?? now + LookAgain);
}
