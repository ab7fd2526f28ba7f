using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Notifications;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Features;

internal sealed record GetNotificationPreferences(string Staff) : IRequest<PreferencesView>;

/// <param name="Language">Which language e-mails to you are in.</param>
/// <param name="Email">Whether you can be told by e-mail at all.</param>
/// <param name="TimeZone">The IANA zone your quiet hours go by; null for that of each notice's project.</param>
/// <param name="QuietHours">When you are not to be disturbed; null for never.</param>
/// <param name="Kinds">Every kind of notice there is, with how you hear of it. The inbox has all of them.</param>
/// <param name="Version">For If-Match; 0 until you have chosen something.</param>
internal sealed record PreferencesView(Language Language, EmailWay Email, string? TimeZone, QuietHoursBody? QuietHours, IReadOnlyList<KindChannelsView> Kinds, int Version) : IVersioned
{
    public static PreferencesView Of(NotificationPreferences chosen, EmailWay email, IEnumerable<NoticeKind> kinds) => new(
        chosen.Language, email, chosen.TimeZone, chosen.Quiet is { } quiet ? new(quiet.FromText, quiet.ToText) : null,
        [.. kinds.OrderBy(k => k.Name, StringComparer.Ordinal).Select(k => new KindChannelsView(k.Name, k.Rule, k.Meaning.Localized, chosen.ChannelsOf(k)))], chosen.Version);
}

/// <param name="From">The first minute, e.g. 22:00.</param>
/// <param name="To">The minute at which they are over, e.g. 07:30; earlier than <c>from</c> when they go over midnight.</param>
internal sealed record QuietHoursBody(string From, string To);

/// <param name="Kind">The kind of notice.</param>
/// <param name="Rule">The rule that wants somebody told.</param>
/// <param name="Meaning">What it tells of.</param>
/// <param name="Channels">How you hear of it, beside the inbox.</param>
internal sealed record KindChannelsView(string Kind, string Rule, string Meaning, IReadOnlyList<NoticeChannel> Channels);

/// <summary>ORG-11: how somebody wants to be told.</summary>
internal sealed class GetNotificationPreferencesHandler(OrganizationDb db, ChosenWays ways, IEnumerable<NoticeKind> kinds) : IRequestHandler<GetNotificationPreferences, PreferencesView>
{
    public async Task<PreferencesView> Handle(GetNotificationPreferences request, CancellationToken cancellationToken) => PreferencesView.Of(
        await db.Set<NotificationPreferences>().AsNoTracking().SingleOrDefaultAsync(p => p.Staff == request.Staff, cancellationToken)
            ?? new NotificationPreferences { Staff = request.Staff },
        await ways.ByEmailAsync(request.Staff, cancellationToken), kinds);
}

internal static class GetNotificationPreferencesEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/notifications/preferences", (Call call) => call.Ask(new GetNotificationPreferences(Inbox.OwnerOf(call.Caller))))
        .Tells<PreferencesView>("getNotificationPreferences", "See how you are told", "Your own preferences, with every kind of notice there is.", rules: "ORG-11")
        .Requires(OrganizationPermissions.ReceiveNotices);
}
