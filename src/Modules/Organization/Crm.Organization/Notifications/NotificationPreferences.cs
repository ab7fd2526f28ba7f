using System.Text.Json;
using Crm.Organization.Contracts;
using Crm.Shared.Http;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using NodaTime;

namespace Crm.Organization.Notifications;

/// <summary>ORG-11: the ways in which somebody is told, beside the inbox, which has everything.</summary>
internal enum NoticeChannel
{
    /// <summary>On screens that are open.</summary>
    Screen,

    /// <summary>By e-mail.</summary>
    Email,
}

/// <summary>ORG-11: whether somebody can be told by e-mail.</summary>
internal enum EmailWay
{
    /// <summary>Yes.</summary>
    Ready,

    /// <summary>Nobody has given an address of theirs: whoever manages staff can.</summary>
    NoAddress,

    /// <summary>This installation sends no e-mails.</summary>
    NotSetUp,
}

/// <summary>The languages the system speaks.</summary>
internal enum Language
{
    /// <summary>简体中文.</summary>
    Zh,

    /// <summary>English.</summary>
    En,
}

/// <summary>ORG-11: how one person wants to be told. Who has said nothing is told in the way each kind of notice proposes, at any hour.</summary>
internal sealed class NotificationPreferences
{
    public required string Staff { get; init; }

    /// <summary>Which language e-mails are in; screens follow Accept-Language.</summary>
    public Language Language { get; private set; } = Language.Zh;

    /// <summary>An IANA zone, by which the quiet hours go; null for the zone of each notice's project.</summary>
    public string? TimeZone { get; private set; }

    /// <summary>The quiet hours' beginning, e.g. 22:00; null for none.</summary>
    public string? QuietFrom { get; private set; }

    /// <summary>The quiet hours' end.</summary>
    public string? QuietTo { get; private set; }

    /// <summary>The kinds of notice for which something else was chosen than they propose.</summary>
    public IReadOnlyDictionary<string, NoticeChannel[]> Channels { get; private set; } = new Dictionary<string, NoticeChannel[]>();

    /// <summary>0 until something was chosen.</summary>
    public int Version { get; private set; }

    public QuietHours? Quiet => QuietFrom is not null && QuietTo is not null ? QuietHours.Parse(QuietFrom, QuietTo) : null;

    /// <summary>Chooses anew.</summary>
    public void Choose(Language language, string? timeZone, QuietHours? quiet, IReadOnlyDictionary<string, NoticeChannel[]> channels)
    {
        (Language, TimeZone, QuietFrom, QuietTo, Channels) = (language, timeZone, quiet?.FromText, quiet?.ToText, channels);
        Version++;
    }

    /// <summary>How the person hears of this kind of notice.</summary>
    public IReadOnlyList<NoticeChannel> ChannelsOf(NoticeKind kind) => Channels.TryGetValue(kind.Name, out var chosen) ? chosen : ProposedBy(kind);

    /// <summary>The zone of the clock on the person's wall.</summary>
    public DateTimeZone ZoneOr(DateTimeZone other) => TimeZone is null ? other : DateTimeZoneProviders.Tzdb.GetZoneOrNull(TimeZone) ?? other;

    private static NoticeChannel[] ProposedBy(NoticeKind kind) => kind.ByMail ? [NoticeChannel.Screen, NoticeChannel.Email] : [NoticeChannel.Screen];
}

/// <summary>How choices of channels are kept.</summary>
internal static class ChannelChoices
{
    public static ValueComparer<IReadOnlyDictionary<string, NoticeChannel[]>> Comparer { get; } =
        new((a, b) => Write(a!) == Write(b!), choices => Write(choices).GetHashCode(StringComparison.Ordinal), choices => choices);

    public static string Write(IReadOnlyDictionary<string, NoticeChannel[]> choices) => JsonSerializer.Serialize(choices, CrmJson.Options);

    public static IReadOnlyDictionary<string, NoticeChannel[]> Read(string json) => JsonSerializer.Deserialize<Dictionary<string, NoticeChannel[]>>(json, CrmJson.Options)!;
}
