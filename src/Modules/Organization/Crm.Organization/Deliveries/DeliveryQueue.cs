using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Organization.Deliveries;

/// <summary>A delivery that this host has leased. The end of the lease tells it from a later one.</summary>
[NotPersonal("an event, which carries ids and facts only", "Body")]
internal sealed record ClaimedDelivery(Guid Id, Guid Lane, Guid MessageId, string Type, string? Body, int Attempts, DateTime LeasedUntil);

/// <summary>What came of an attempt.</summary>
/// <param name="Failure">Null when it succeeded.</param>
/// <param name="Status">The answer's status; null when there was none.</param>
/// <param name="NotBefore">The receiver asked to be left alone for so long.</param>
/// <param name="IsFinal">Trying again is of no use.</param>
internal sealed record Attempt(DeliveryFailure? Failure, int? Status, TimeSpan? NotBefore = null, bool IsFinal = false)
{
    public static Attempt Delivered(int? status) => new(Failure: null, status);

    /// <summary>It was not sent, because nobody needs it any more.</summary>
    public static Attempt Pointless { get; } = new(Failure: null, Status: null) { IsPointless = true };

    public bool IsPointless { get; private init; }
}

/// <summary>
/// Deliveries as a queue, shared by all hosts: claimed with a lease by the database's clock, one lane never with more than a few at once, and
/// one that fails with a single one after all others, so that a slow receiver occupies nobody else's place.
/// </summary>
internal sealed class DeliveryQueue([FromKeyedServices(OrganizationModule.Schema)] NpgsqlDataSource source, DeliveryOptions options)
{
    /// <summary>Attempts at one receiver at the same time, as far as a host can see what the others have begun.</summary>
    private const int PerLane = 4;

    /// <summary>All of this host's work on deliveries goes over one connection at a time: those who call the API need the others.</summary>
    private readonly SemaphoreSlim turn = new(1, 1);

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private readonly RetrySchedule schedule = new(DeliveryOptions.ParseRetries(options.Retries)!);

    /// <summary>Asks or tells the database something, when it is its turn. Not from within itself.</summary>
    public async Task<T> InTurnAsync<T>(Func<Task<T>> work)
    {
        await turn.WaitAsync();
        try
        {
            return await work();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Leases what is due.</summary>
    /// <param name="most">At most so many.</param>
    /// <param name="ct">Cancels the claim.</param>
    public async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(int most, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            WITH due AS MATERIALIZED (
                SELECT d.id
                FROM (SELECT id, failing_since IS NOT NULL FROM organization.webhooks WHERE disabled_at IS NULL AND deleted_at IS NULL UNION ALL SELECT $4, false) AS lanes(id, failing)
                CROSS JOIN LATERAL (
                    SELECT w.id, w.next_attempt_at FROM organization.deliveries w
                    WHERE w.lane = lanes.id AND w.state = 'waiting' AND w.next_attempt_at <= clock_timestamp() AND (w.leased_until IS NULL OR w.leased_until < clock_timestamp())
                    ORDER BY w.next_attempt_at
                    LIMIT greatest(0, CASE WHEN lanes.failing THEN 1 ELSE $2 END - (SELECT count(*) FROM organization.deliveries b WHERE b.lane = lanes.id AND b.leased_until >= clock_timestamp()))
                    FOR UPDATE SKIP LOCKED) AS d
                ORDER BY lanes.failing, d.next_attempt_at
                LIMIT $1)
            UPDATE organization.deliveries d SET leased_until = clock_timestamp() + $3 FROM due WHERE d.id = due.id
            RETURNING d.id, d.lane, d.message_id, d.type, d.body, d.attempts, d.leased_until
            """);
        foreach (var value in new object[] { most, PerLane, options.Lease, Delivery.Mail }) command.Parameters.Add(new() { Value = value });
        var claimed = new List<ClaimedDelivery>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            claimed.Add(new(reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetInt32(5), reader.GetDateTime(6)));
        return claimed;
    }

    /// <summary>
    /// Writes down what came of an attempt, and when the next one is. What was disabled or deleted meanwhile stays so, unless it has arrived.
    /// </summary>
    /// <returns>Where the delivery stands now; null when the lease had run out and another host has it: then it is that host's to write down.</returns>
    public async Task<DeliveryState?> FinishAsync(ClaimedDelivery claimed, Attempt attempt, TimeSpan latency, CancellationToken ct)
    {
        var wait = attempt.Failure is null || attempt.IsFinal ? null : schedule.WaitAfter(claimed.Attempts + 1);
        var state = attempt.IsPointless ? DeliveryState.Cancelled : attempt.Failure is null ? DeliveryState.Delivered : wait is null ? DeliveryState.Failed : DeliveryState.Waiting;
        await using var command = source.CreateCommand("""
            WITH finished AS (
                UPDATE organization.deliveries
                SET state = CASE WHEN $3 = 'waiting' OR (state = 'cancelled' AND $3 <> 'delivered') THEN state ELSE $3 END,
                    ended_at = CASE WHEN $3 = 'waiting' THEN ended_at ELSE clock_timestamp() END,
                    attempts = attempts + 1, last_status = $4, last_failure = $5, last_latency = $8, last_attempt_at = statement_timestamp(),
                    tried_since = coalesce(tried_since, statement_timestamp()), leased_until = NULL, next_attempt_at = clock_timestamp() + greatest($6 * (0.9 + 0.2 * random()), $7)
                WHERE id = $1 AND leased_until = $2
                RETURNING id, state),
            noted AS (INSERT INTO organization.delivery_attempts (id, delivery_id, tried_at, latency, status, failure) SELECT $9, id, statement_timestamp() - $8, $8, $4, $5 FROM finished)
            SELECT state FROM finished
            """);
        command.Parameters.Add(new() { Value = claimed.Id });
        command.Parameters.Add(new() { Value = claimed.LeasedUntil });
        command.Parameters.Add(new() { Value = state.ToWire() });
        command.Parameters.Add(new() { Value = (object?)attempt.Status ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = (object?)attempt.Failure?.ToWire() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = wait ?? TimeSpan.Zero });
        command.Parameters.Add(new() { Value = Min(attempt.NotBefore ?? TimeSpan.Zero, LongestWait) });
        command.Parameters.Add(new() { Value = latency });
        command.Parameters.Add(new() { Value = Ids.Next() });
        return await command.ExecuteScalarAsync(ct) is string stands ? Enum.Parse<DeliveryState>(stands, ignoreCase: true) : null;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
