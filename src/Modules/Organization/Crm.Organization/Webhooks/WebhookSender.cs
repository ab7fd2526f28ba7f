using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Deliveries;
using Crm.Shared.Events;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Crm.Organization.Webhooks;

/// <summary>ORG-11: tells another system of an event, by the Standard Webhooks specification. Of its answer only the status is kept.</summary>
internal sealed class WebhookSender(IServiceScopeFactory scopes, WebhookClient client, WebhookRights rights, WebhookOptions options, DeliveryOptions delivery, KeyRing keys, IClock clock) : Sender
{
    private const int MostSooner = 1_000, Lately = 100;
    private static readonly TimeSpan LeastAway = TimeSpan.FromMinutes(1);

    public override string Name => "webhook";

    public override bool Takes(Guid lane) => lane != Delivery.Mail;

    public override async Task<Func<CancellationToken, Task<Attempt>>> PrepareAsync(ClaimedDelivery claimed, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var webhook = await scope.ServiceProvider.GetRequiredService<OrganizationDb>().Set<Webhook>().AsNoTracking().SingleAsync(w => w.Id == claimed.Lane, ct);
        if (webhook.DeletedAt is not null) return Only(new(DeliveryFailure.NoAddress, Status: null, IsFinal: true));
        if (!await rights.StillHoldAsync(webhook, claimed.Type, ct)) return Only(new(DeliveryFailure.Rights, Status: null));
        // What was allowed when the webhook was made may not be any more.
        if (Receiver.Fault(webhook.Url, options) is not null) return Only(new(DeliveryFailure.AddressNotAllowed, Status: null));
        return send => TryAsync(webhook, claimed, send);
    }

    /// <summary>A receiver that wants no more, has failed for too long, or whose owner has lost the right, is disabled; one that took something is well again.</summary>
    public override async Task<bool> ConcludeAsync(ClaimedDelivery claimed, Attempt attempt, DeliveryState state, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrganizationDb>();
        if (attempt.Failure is null) return await IsWellAgainAsync(db, claimed, ct);
        if (attempt.Failure == DeliveryFailure.Rights) return await DisableAsync(scope.ServiceProvider, db, claimed, DisabledBecause.Rights, ct);

        // Whoever took something after this attempt does not fail, also where that was concluded first: several of its deliveries are under way at a time.
        var fails = await db.Database.ExecuteSqlAsync($"""
            UPDATE organization.webhooks w SET failing_since = d.last_attempt_at FROM organization.deliveries d
            WHERE w.id = {claimed.Lane} AND w.failing_since IS NULL AND d.id = {claimed.Id} AND NOT EXISTS (
                SELECT FROM (SELECT last_attempt_at FROM organization.deliveries WHERE lane = {claimed.Lane} AND state = 'delivered' ORDER BY id DESC LIMIT {Lately}) taken
                WHERE taken.last_attempt_at > d.last_attempt_at)
            """, ct);
        if (attempt.Status == (int)HttpStatusCode.Gone) return await DisableAsync(scope.ServiceProvider, db, claimed, DisabledBecause.Gone, ct);
        if (await HasFailedTooLongAsync(db, claimed, state, ct)) return await DisableAsync(scope.ServiceProvider, db, claimed, DisabledBecause.Failing, ct);
        return fails > 0;
    }

    /// <summary>
    /// One that took nothing for more than a minute and takes something again is sent at once what could not reach it in that time, and not hours later when
    /// each has its turn: each delivery once, so that what is wrong with one of them does not use its attempts up. What it refused waits as before. Of
    /// very many, some are sent sooner with each success: until then it is served as one that fails.
    /// </summary>
    private static async Task<bool> IsWellAgainAsync(OrganizationDb db, ClaimedDelivery claimed, CancellationToken ct) => await db.Database.ExecuteSqlAsync($"""
        WITH before AS MATERIALIZED (SELECT id, failing_since FROM organization.webhooks WHERE id = {claimed.Lane} AND failing_since IS NOT NULL FOR UPDATE),
             kept_waiting AS MATERIALIZED (
                 SELECT d.id FROM before JOIN organization.deliveries d ON d.lane = before.id
                 WHERE before.failing_since < clock_timestamp() - {LeastAway} AND d.state = 'waiting' AND d.next_attempt_at > clock_timestamp() AND d.tried_since >= before.failing_since - {LeastAway}
                   AND (d.last_failure IN ('unreachable', 'timeout') OR d.last_status IN (502, 504))
                 LIMIT {MostSooner} FOR UPDATE OF d SKIP LOCKED),
             sooner AS (UPDATE organization.deliveries d SET next_attempt_at = clock_timestamp() FROM kept_waiting k WHERE d.id = k.id)
        UPDATE organization.webhooks w SET failing_since = NULL FROM before WHERE w.id = before.id AND (SELECT count(*) FROM kept_waiting) < {MostSooner}
        """, ct) > 0;

    private async Task<Attempt> TryAsync(Webhook webhook, ClaimedDelivery claimed, CancellationToken ct)
    {
        using var request = Compose(webhook, claimed);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
        time.CancelAfter(delivery.Timeout);
        try
        {
            using var answer = await client.SendAsync(request, time.Token);
            return Judge(answer);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException && !ct.IsCancellationRequested)
        {
            return new(KindOf(e), Status: null);
        }
    }

    private HttpRequestMessage Compose(Webhook webhook, ClaimedDelivery claimed)
    {
        var (now, id) = (TimeProvider.System.GetUtcNow(), StandardWebhook.MessageId(claimed.MessageId));
        var body = claimed.Body!;
        var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.ParseAdd("Crm-Webhooks/1.0");
        request.Headers.Add(StandardWebhook.IdHeader, id);
        request.Headers.Add(StandardWebhook.TimestampHeader, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(StandardWebhook.SignatureHeader, StandardWebhook.Sign(webhook.SecretsAt(Instant.FromDateTimeOffset(now), keys), id, now.ToUnixTimeSeconds(), body));
        return request;
    }

    private static Attempt Judge(HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        if (answer.IsSuccessStatusCode) return Attempt.Delivered(status);
        var after = answer.Headers.RetryAfter is { } asked ? asked.Delta ?? asked.Date - TimeProvider.System.GetUtcNow() : null;
        return new(status is >= 300 and < 400 ? DeliveryFailure.Redirected : DeliveryFailure.Refused, status, after, IsFinal: answer.StatusCode == HttpStatusCode.Gone);
    }

    private static DeliveryFailure KindOf(Exception e) => e switch
    {
        OperationCanceledException => DeliveryFailure.Timeout,
        { InnerException: AddressNotAllowedException } => DeliveryFailure.AddressNotAllowed,
        { InnerException: AuthenticationException } => DeliveryFailure.Tls,
        { InnerException: OperationCanceledException or TimeoutException } => DeliveryFailure.Timeout,
        _ => DeliveryFailure.Unreachable,
    };

    /// <summary>
    /// True when nothing has succeeded for the time the settings give it, or since the first attempt of this delivery, which has been given up
    /// now. A receiver that refuses one thing and takes the others goes on being served.
    /// </summary>
    private Task<bool> HasFailedTooLongAsync(OrganizationDb db, ClaimedDelivery claimed, DeliveryState state, CancellationToken ct)
    {
        var gaveUp = state == DeliveryState.Failed;
        return db.Database.SqlQuery<bool>($"""
            SELECT EXISTS (
                SELECT FROM organization.webhooks w, organization.deliveries d
                WHERE w.id = {claimed.Lane} AND d.id = {claimed.Id}
                  AND (w.failing_since < clock_timestamp() - {options.DisableAfter} OR ({gaveUp} AND w.failing_since <= d.tried_since))) AS "Value"
            """).SingleAsync(ct);
    }

    /// <summary>What waits for it is given up, and can be replayed once it is enabled again; an attempt that somebody is at ends by itself.</summary>
    private async Task<bool> DisableAsync(IServiceProvider services, OrganizationDb db, ClaimedDelivery claimed, DisabledBecause why, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.ChangeDirectoryAsync(ct);
        await db.LockAsync<Webhook>(claimed.Lane, ct);
        var webhook = await db.Set<Webhook>().SingleAsync(w => w.Id == claimed.Lane, ct);
        if (!webhook.Disable(why, clock.GetCurrentInstant())) return false;
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE organization.deliveries SET state = 'failed', ended_at = clock_timestamp()
            WHERE lane = {claimed.Lane} AND state = 'waiting' AND (leased_until IS NULL OR leased_until < clock_timestamp())
            """, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        services.GetRequiredService<OutboxSignal<OrganizationDb>>().Wake();
        return true;
    }
}
