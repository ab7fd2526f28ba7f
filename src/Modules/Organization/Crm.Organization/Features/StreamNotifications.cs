using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Crm.Organization.Access;
using Crm.Organization.Notifications;
using Crm.Shared.Access;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="For">After this time the stream ends and is to be opened again, PT1S to PT1H; PT10M when absent. A token may have run out by then.</param>
internal sealed record StreamNotificationsQuery(Duration? For = null);

/// <param name="Unread">How many notifications of yours are not acknowledged now.</param>
/// <param name="Notification">What is new; null in an event that only tells the figure.</param>
internal sealed record InboxNews(int Unread, NotificationItem? Notification);

/// <summary>
/// ORG-11: server-sent events for an open screen. The table is what is streamed: every host reads it from the position the screen has seen, so
/// nothing is lost over a reconnection, to whichever host, and nothing waits in a host's memory.
/// </summary>
internal sealed class NotificationStream(Inbox inbox, Screens screens, CallerLookup callers, IHostApplicationLifetime host)
{
    private const int Batch = 100;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StillAllowed = TimeSpan.FromSeconds(2);

    /// <summary>Streams until the time is over, the screen goes away, the host is asked to end, or the person may no longer listen.</summary>
    /// <param name="staff">Whose inbox.</param>
    /// <param name="position">The last position the screen has seen; null to begin with what comes from now on.</param>
    /// <param name="time">How long.</param>
    /// <param name="context">The call.</param>
    /// <param name="ct">The screen went away.</param>
    public async IAsyncEnumerable<SseItem<InboxNews>> ReadAsync(string staff, long? position, TimeSpan time, HttpContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(ct, host.ApplicationStopping);
        using var screen = screens.Open(staff);
        var began = TimeProvider.System.GetTimestamp();
        if (await TryAsync(() => BeginAsync(staff, position, ends.Token)) is not var (seen, unread)) yield break;
        yield return News(unread, seen);

        for (var (said, look) = (began, true); TimeProvider.System.GetElapsedTime(began) < time && !ends.IsCancellationRequested;)
        {
            if (look)
            {
                if (await TryAsync(() => NextAsync(staff, seen, ends.Token)) is not { } next) yield break;
                foreach (var item in next.Items)
                {
                    seen = Position.Read(item.Position)!.Value;
                    yield return new SseItem<InboxNews>(new(next.Unread, item), "notification") { EventId = item.Position };
                }

                var wasSilent = TimeProvider.System.GetElapsedTime(said) >= Heartbeat;
                if (next.Items.Count == 0 && wasSilent) yield return News(next.Unread, seen);
                if (next.Items.Count > 0 || wasSilent) said = TimeProvider.System.GetTimestamp();
                if (next.Items.Count == Batch) continue;
            }

            var left = time - TimeProvider.System.GetElapsedTime(began);
            var woken = await screen.WaitAsync(left < StillAllowed ? Max(left, TimeSpan.Zero) : StillAllowed, ends.Token);
            if (await callers.FindAsync(context.User, context) is not { } caller || caller.Scope(OrganizationPermissions.ReceiveNotices.Name).IsEmpty) yield break;
            look = woken || TimeProvider.System.GetElapsedTime(said) >= Heartbeat;
        }
    }

    private async Task<(long Seen, int Unread)?> BeginAsync(string staff, long? position, CancellationToken ct) =>
        (position ?? await inbox.Of(staff).MaxAsync(n => n.Number, ct) ?? 0, await inbox.CountUnreadAsync(staff, ct));

    private async Task<Piece?> NextAsync(string staff, long seen, CancellationToken ct)
    {
        var rows = await inbox.Of(staff).Where(n => n.Number > seen && n.OnScreen).OrderBy(n => n.Number).Take(Batch).ToListAsync(ct);
        return new([.. rows.Select(inbox.Tell)], await inbox.CountUnreadAsync(staff, ct));
    }

    /// <summary>The answer; null when the database is away or the stream ends, and the screen comes back later.</summary>
    private static async Task<T?> TryAsync<T>(Func<Task<T?>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is OperationCanceledException || DatabaseTrouble.MayPass(e))
        {
            return default;
        }
    }

    private static SseItem<InboxNews> News(int unread, long seen) => new(new(unread, Notification: null), "unread") { EventId = Position.Write(seen) };

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private sealed record Piece(IReadOnlyList<NotificationItem> Items, int Unread);
}

internal static class StreamNotificationsEndpoint
{
    private static readonly Duration Shortest = Duration.FromSeconds(1), Longest = Duration.FromHours(1), Usual = Duration.FromMinutes(10);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/notifications/stream", (Query<StreamNotificationsQuery> query, Call call, HttpContext context, NotificationStream stream) =>
        {
            var time = query.Value.For ?? Usual;
            if (time < Shortest || time > Longest) throw Malformed.Field("for", new Text("must be between PT1S and PT1H", "应在 PT1S 与 PT1H 之间"));
            var header = context.Request.Headers["Last-Event-ID"].ToString();
            if (header.Length > 0 && Position.Read(header) is null)
                throw Malformed.Field("Last-Event-ID", new Text("must be the id of an event of this stream", "应为本事件流中某事件的 id"));

            // A proxy that collects answers before it passes them on would keep the news to itself.
            context.Response.Headers["X-Accel-Buffering"] = "no";
            return TypedResults.ServerSentEvents(stream.ReadAsync(
                Inbox.OwnerOf(call.Caller), header.Length > 0 ? Position.Read(header) : null, time.ToTimeSpan(), context, context.RequestAborted)) as IResult;
        })
        .Tells<InboxNews>(
            "streamNotifications", "Listen to your notifications",
            "Server-sent events for an open screen. The first event (unread) tells how many are unread and where the stream begins; each new notification is an event (notification) with its position as id; "
            + "at least every 15 s there is an event. Sent again as Last-Event-ID, as browsers do by themselves, the last id resumes at any host without loss. To miss nothing at the beginning, open the stream first and read the list then.",
            rules: "ORG-11", contentType: "text/event-stream")
        .Requires(OrganizationPermissions.ReceiveNotices);
}
