using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Notifications;

/// <param name="Id">What to acknowledge it by.</param>
/// <param name="Position">Its place in the inbox: what lies before it is older. Also the id of its event in the stream.</param>
/// <param name="Kind">The kind of notice.</param>
/// <param name="Text">What is told, in the language asked for.</param>
/// <param name="Project">The project; null for the whole company.</param>
/// <param name="SubjectKind">The kind of record it is about: complaint, followUp, webhook.</param>
/// <param name="SubjectId">That record.</param>
/// <param name="Urgent">It does not wait for the end of quiet hours.</param>
/// <param name="Quiet">It came in your quiet hours: show it without a sound.</param>
/// <param name="OccurredAt">When what it tells of happened.</param>
/// <param name="ToldAt">When it came into the inbox.</param>
/// <param name="AcknowledgedAt">When you took note of it; null while it is unread.</param>
[NotPersonal("made from an event, which carries ids and facts only", "Text")]
internal sealed record NotificationItem(
    Guid Id, string Position, string Kind, string Text, string? Project, string SubjectKind, Guid SubjectId, bool Urgent, bool Quiet, Instant OccurredAt, Instant ToldAt, Instant? AcknowledgedAt);

/// <summary>ORG-11: one person's inbox: what has arrived in it, in words.</summary>
internal sealed class Inbox(OrganizationDb db, OrganizationDirectory directory, IEnumerable<NoticeKind> kinds)
{
    private readonly Dictionary<string, NoticeKind> kinds = kinds.ToDictionary(k => k.Name);

    /// <summary>The staff code of whose inbox a call means: nobody else's but the caller's.</summary>
    /// <exception cref="NotFound">The caller is a machine.</exception>
    public static string OwnerOf(Caller caller) => caller.Staff ?? throw new NotFound("inbox", "收件箱");

    /// <summary>What has arrived in somebody's inbox.</summary>
    public IQueryable<Notification> Of(string staff) => db.Set<Notification>().AsNoTracking().Where(n => n.Staff == staff && n.Number != null);

    /// <summary>How much of it is unread. One walk along an index of nothing else.</summary>
    public Task<int> CountUnreadAsync(string staff, CancellationToken ct) => Of(staff).CountAsync(n => n.AcknowledgedAt == null, ct);

    /// <summary>A notification in the language of the request.</summary>
    public NotificationItem Tell(Notification n) => new(
        n.Id, Position.Write(n.Number!.Value), n.Kind, Say(n).Localized, n.Project, n.SubjectKind, n.SubjectId, n.Urgent, n.Quiet, n.OccurredAt, n.ToldAt, n.AcknowledgedAt);

    /// <summary>A notification in words, in both languages. Instants are told in the zone of its project.</summary>
    public Text Say(Notification n)
    {
        var zone = n.Project is null ? null : directory.Current.FindProject(n.Project)?.Zone;
        // A kind that is no longer known was one of an earlier version: its name is better than nothing.
        return kinds.TryGetValue(n.Kind, out var kind) ? kind.Read(n.Facts, zone ?? DateTimeZone.Utc) : new Text(n.Kind, n.Kind);
    }
}

/// <summary>Places in inboxes, as they stand on the wire.</summary>
internal static class Position
{
    public static string Write(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads one; null when the text is none.</summary>
    public static long? Read(string text) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}
