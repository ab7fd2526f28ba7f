using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Announcements;

/// <summary>ORG-15: whom an announcement addresses.</summary>
internal enum AnnouncementAudience
{
    /// <summary>业主与住户.</summary>
    Residents,

    /// <summary>员工.</summary>
    Staff,

    /// <summary>全体.</summary>
    Both,
}

/// <summary>ORG-15: how far an announcement reaches.</summary>
internal enum AnnouncementReach
{
    /// <summary>The projects it names.</summary>
    Projects,

    /// <summary>Every project, those to come included.</summary>
    Everywhere,
}

/// <summary>ORG-15: what has been decided about an announcement. Whether it can be read follows from its instants.</summary>
internal enum AnnouncementStatus
{
    /// <summary>Being written.</summary>
    Draft,

    /// <summary>To be read from its instant on.</summary>
    Published,

    /// <summary>Taken back.</summary>
    Withdrawn,
}

/// <summary>ORG-15: how an announcement stands at an instant.</summary>
internal enum AnnouncementState
{
    /// <summary>Being written.</summary>
    Draft,

    /// <summary>Published for an instant that has not come.</summary>
    Scheduled,

    /// <summary>To be read now.</summary>
    Published,

    /// <summary>Its end has come.</summary>
    Ended,

    /// <summary>Taken back.</summary>
    Withdrawn,
}

/// <summary>ORG-15: what an announcement says.</summary>
[NotPersonal("what is made known to everybody it addresses", "Body", "BodyEn")]
internal sealed record AnnouncementText(string Title, string Body, string? TitleEn, string? BodyEn);

/// <summary>ORG-15: whom an announcement addresses, and where.</summary>
/// <param name="Audience">Residents, staff or both.</param>
/// <param name="Reach">Some projects, or all.</param>
/// <param name="Projects">Which; empty for all.</param>
/// <param name="Pinned">It stands above the others.</param>
internal sealed record AnnouncementAddress(AnnouncementAudience Audience, AnnouncementReach Reach, IReadOnlyList<string> Projects, bool Pinned);

/// <summary>
/// ORG-15: something made known to residents, staff or both. Edited while it is a draft; once published it is corrected by a new edition that
/// says so, or taken back with a reason. It is never deleted.
/// </summary>
[NotPersonal("what is made known to everybody it addresses", "Body", "BodyEn")]
internal sealed class Announcement : Aggregate
{
    private Announcement() => (Title, Body, Projects, WrittenBy) = ("", "", [], "");

    /// <summary>Begins a draft.</summary>
    public Announcement(AnnouncementAddress address, AnnouncementText text, string by, Instant now) : this()
    {
        (WrittenBy, WrittenAt) = (by, now);
        Set(address, text);
    }

    public AnnouncementAudience Audience { get; private set; }

    public AnnouncementReach Reach { get; private set; }

    /// <summary>The projects' codes, in order; empty where it reaches all.</summary>
    public string[] Projects { get; private set; }

    public bool Pinned { get; private set; }

    public string Title { get; private set; }

    public string Body { get; private set; }

    public string? TitleEn { get; private set; }

    public string? BodyEn { get; private set; }

    public AnnouncementStatus Status { get; private set; }

    /// <summary>Which edition is the valid one: 0 for a draft, 1 as published, one more with each correction.</summary>
    public int Edition { get; private set; }

    /// <summary>What the valid edition puts right; null for the first.</summary>
    public string? Correction { get; private set; }

    public Instant? CorrectedAt { get; private set; }

    /// <summary>It can be read from this instant on.</summary>
    public Instant? PublishedFrom { get; private set; }

    /// <summary>It can be read before this instant; null for no end.</summary>
    public Instant? PublishedUntil { get; private set; }

    /// <summary>When staff were told that it can be read, or it was found that there was nothing to tell any more.</summary>
    public Instant? AnnouncedAt { get; private set; }

    public string WrittenBy { get; private set; }

    public Instant WrittenAt { get; private set; }

    public Instant? WithdrawnAt { get; private set; }

    [Personal(Datum.Reason, Guard.Plain)]
    public string? WithdrawalReason { get; private set; }

    /// <summary>The project it belongs to in the audit; null for several.</summary>
    public string? Project => Projects is [var only] ? only : null;

    public bool AddressesStaff => Audience != AnnouncementAudience.Residents;

    /// <summary>How it stands at an instant: from the first microsecond of its beginning up to, and without, that of its end it can be read.</summary>
    public AnnouncementState StateAt(Instant now) => Status switch
    {
        AnnouncementStatus.Draft => AnnouncementState.Draft,
        AnnouncementStatus.Withdrawn => AnnouncementState.Withdrawn,
        _ when now < PublishedFrom => AnnouncementState.Scheduled,
        _ when now >= PublishedUntil => AnnouncementState.Ended,
        _ => AnnouncementState.Published,
    };

    /// <summary>Says it otherwise, or to others.</summary>
    /// <exception cref="BrokenRule">ORG-15: it is no draft any more.</exception>
    public void Edit(AnnouncementAddress address, AnnouncementText text)
    {
        if (Status != AnnouncementStatus.Draft)
            throw Broken("Only a draft is edited: what was published is corrected by a new edition, or withdrawn.", "只能修改草稿；已发布的公告须通过更正发布新版本，或撤回。", Allowed);
        Set(address, text);
        Touch();
    }

    /// <summary>Makes it known, now or from a later instant on.</summary>
    /// <exception cref="BrokenRule">ORG-15: it is no draft any more.</exception>
    /// <exception cref="Malformed">It would begin in the past, or end before it begins.</exception>
    public AnnouncementEdition Publish(Instant? from, Instant? until, string by, Instant now)
    {
        if (Status != AnnouncementStatus.Draft) throw Broken("It has been published already, or withdrawn.", "公告已发布或已撤回。", Allowed);
        if (from < now) throw Malformed.Field("from", new Text("must not lie in the past; absent means now", "不得早于现在；不填表示立即发布"));
        if (until <= (from ?? now)) throw Malformed.Field("until", new Text("must lie after the beginning", "应晚于发布时间"));
        (Status, Edition, PublishedFrom, PublishedUntil) = (AnnouncementStatus.Published, 1, from ?? now, until);
        Touch();
        if (PublishedFrom <= now) Announce(now);
        return EditionBy(by, now);
    }

    /// <summary>Tells that it can be read from now on; an announcement that has ended before anybody was told is not told any more.</summary>
    public void Announce(Instant now)
    {
        if (AnnouncedAt is not null || Status != AnnouncementStatus.Published || now < PublishedFrom) return;
        AnnouncedAt = now;
        if (StateAt(now) == AnnouncementState.Published) Raise(new AnnouncementPublished(Id, Edition, [.. Projects], AddressesStaff) { OccurredAt = PublishedFrom!.Value });
    }

    /// <summary>Puts right what was published: a new edition, which says what it corrects and is to be read again.</summary>
    /// <exception cref="BrokenRule">ORG-15: it is a draft, has ended or was withdrawn.</exception>
    public AnnouncementEdition Correct(AnnouncementText text, string correction, string by, Instant now)
    {
        if (StateAt(now) is not (AnnouncementState.Published or AnnouncementState.Scheduled))
            throw Broken("Only what is published is corrected: a draft is edited, what has ended or was withdrawn stays as it was.", "只能更正已发布的公告：草稿可直接修改，已结束或已撤回的公告保持原样。", Allowed);
        (Title, Body, TitleEn, BodyEn) = text;
        (Edition, Correction, CorrectedAt) = (Edition + 1, correction, now);
        Touch();
        if (AnnouncedAt is not null) Raise(new AnnouncementCorrected(Id, Edition, [.. Projects], AddressesStaff) { OccurredAt = now });
        return EditionBy(by, now);
    }

    /// <summary>Takes it back: nobody reads it from now on, and it stays on record.</summary>
    /// <exception cref="BrokenRule">ORG-15: it was withdrawn already.</exception>
    public void Withdraw(string reason, Instant now)
    {
        if (Status == AnnouncementStatus.Withdrawn) throw Broken("It was withdrawn already.", "公告已撤回。", Allowed);
        var wasRead = StateAt(now) == AnnouncementState.Published && AnnouncedAt is not null;
        (Status, WithdrawnAt, WithdrawalReason) = (AnnouncementStatus.Withdrawn, now, reason);
        Touch();
        if (wasRead) Raise(new AnnouncementWithdrawn(Id, Edition, [.. Projects], AddressesStaff) { OccurredAt = now });
    }

    /// <summary>Puts it above the others, or back among them.</summary>
    /// <exception cref="BrokenRule">ORG-15: it was withdrawn.</exception>
    public void Pin(bool pinned)
    {
        if (Status == AnnouncementStatus.Withdrawn) throw Broken("It was withdrawn.", "公告已撤回。", Allowed);
        Pinned = pinned;
        Touch();
    }

    private IReadOnlyList<string> Allowed => Status switch
    {
        AnnouncementStatus.Draft => ["edit", "publication", "withdrawal"],
        AnnouncementStatus.Published => ["correction", "withdrawal"],
        _ => [],
    };

    private AnnouncementEdition EditionBy(string by, Instant at) => new()
    {
        AnnouncementId = Id, Number = Edition, Title = Title, Body = Body, TitleEn = TitleEn, BodyEn = BodyEn, Correction = Correction, By = by, At = at,
    };

    private void Set(AnnouncementAddress address, AnnouncementText text)
    {
        (Audience, Reach, Pinned) = (address.Audience, address.Reach, address.Pinned);
        Projects = [.. address.Projects.Order(StringComparer.Ordinal)];
        (Title, Body, TitleEn, BodyEn) = text;
    }

    private static BrokenRule Broken(string en, string zh, IReadOnlyList<string> allowed) => new("ORG-15", new Text(en, zh), allowed);
}

/// <summary>ORG-15: what was published, word for word. Never changed.</summary>
[NotPersonal("what is made known to everybody it addresses", "Body", "BodyEn")]
internal sealed class AnnouncementEdition
{
    public required Guid AnnouncementId { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    public required string Title { get; init; }

    public required string Body { get; init; }

    public required string? TitleEn { get; init; }

    public required string? BodyEn { get; init; }

    /// <summary>What it puts right; null for the first.</summary>
    public required string? Correction { get; init; }

    /// <summary>Who published it.</summary>
    public required string By { get; init; }

    public required Instant At { get; init; }
}

/// <summary>ORG-15: somebody has read an edition. Never changed.</summary>
internal sealed class ReadMark
{
    public required Guid AnnouncementId { get; init; }

    public required int Edition { get; init; }

    /// <summary>The staff code.</summary>
    public required string Staff { get; init; }

    public required Instant ReadAt { get; init; }
}
