using Crm.Shared.Audit;
using Crm.Shared.Privacy;
using NodaTime;
using Npgsql;

namespace Crm.Shared.Events;

/// <summary>A delivery that this host has leased.</summary>
/// <param name="Id">The delivery.</param>
/// <param name="EventId">The event's identity.</param>
/// <param name="Consumer">The module that is to receive it.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Payload">The event.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="IsOld">It was recorded longer ago than hosts of two versions serve beside each other.</param>
[NotPersonal("an event, which carries ids and facts only", "Payload")]
internal sealed record ClaimedDelivery(Guid Id, Guid EventId, string Consumer, string Type, string Payload, int Attempts, bool IsOld = false);

/// <summary>Why a delivery did not come about.</summary>
/// <param name="Kind">The kind of failure; no text that could quote a value.</param>
/// <param name="OfTheEvent">False when the database was away, or this host lacks a key: any other event would have failed, too, so this one is not counted out for it.</param>
/// <param name="StopsAll">Nothing could be asked of the database: whatever else is tried now fails as well.</param>
internal sealed record DeliveryFailure(string Kind, bool OfTheEvent, bool StopsAll);

/// <summary>
/// The outbox of one module as a queue. Only the lowest undelivered event of an aggregate can be claimed by a consumer, so order holds per
/// aggregate while aggregates overtake each other freely. Leases go by the database's clock.
/// </summary>
internal sealed class OutboxQueue(string schema, NpgsqlDataSource source, OutboxOptions options)
{
    /// <summary>Hosts of two versions serve beside each other for no longer.</summary>
    private static readonly TimeSpan RollingUpdate = TimeSpan.FromDays(1);

    public string Schema => schema;

    /// <param name="ignoreBackoff">The test clock does not wait for retries.</param>
    /// <param name="ct">Cancels the claim.</param>
    public async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(bool ignoreBackoff, CancellationToken ct)
    {
        await using var command = source.CreateCommand($"""
            WITH due AS MATERIALIZED (
                SELECT d.id FROM {schema}.outbox_deliveries d
                WHERE d.parked_at IS NULL AND d.discarded_at IS NULL
                  AND (d.next_attempt_at <= clock_timestamp() OR $3)
                  AND (d.leased_until IS NULL OR d.leased_until < clock_timestamp())
                  AND NOT EXISTS (
                      SELECT 1 FROM {schema}.outbox_deliveries e
                      WHERE e.consumer = d.consumer AND e.aggregate_id = d.aggregate_id AND e.sequence < d.sequence AND e.discarded_at IS NULL)
                ORDER BY d.next_attempt_at
                LIMIT $1
                FOR UPDATE OF d SKIP LOCKED)
            UPDATE {schema}.outbox_deliveries d SET leased_until = clock_timestamp() + $2
            FROM due, {schema}.outbox_events e
            WHERE d.id = due.id AND e.id = d.event_id
            RETURNING d.id, d.event_id, d.consumer, e.type, e.payload::text, d.attempts, e.recorded_at < clock_timestamp() - $4
            """);
        command.Parameters.Add(new() { Value = options.Batch });
        command.Parameters.Add(new() { Value = options.Lease });
        command.Parameters.Add(new() { Value = ignoreBackoff });
        command.Parameters.Add(new() { Value = RollingUpdate });
        var claimed = new List<ClaimedDelivery>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            claimed.Add(new(reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetInt32(5), reader.GetBoolean(6)));
        return claimed;
    }

    public async Task CompleteAsync(IReadOnlyCollection<ClaimedDelivery> done, CancellationToken ct)
    {
        if (done.Count == 0) return;
        await using var command = source.CreateCommand($"DELETE FROM {schema}.outbox_deliveries WHERE id = ANY($1)");
        command.Parameters.Add(new() { Value = done.Select(d => d.Id).ToArray() });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Puts a delivery back for later, or aside after too many attempts.</summary>
    public async Task FailAsync(ClaimedDelivery failed, string why, CancellationToken ct)
    {
        var attempts = failed.Attempts + 1;
        var backoff = Math.Min(options.FirstBackoff.TotalSeconds * Math.Pow(2, failed.Attempts), options.MaxBackoff.TotalSeconds);
        await using var command = source.CreateCommand($"""
            UPDATE {schema}.outbox_deliveries
            SET attempts = $4, leased_until = NULL, last_error = $2,
                next_attempt_at = clock_timestamp() + $3 * (0.5 + random()),
                parked_at = CASE WHEN $5 THEN clock_timestamp() END
            WHERE id = $1
            """);
        command.Parameters.Add(new() { Value = failed.Id });
        command.Parameters.Add(new() { Value = why });
        command.Parameters.Add(new() { Value = TimeSpan.FromSeconds(backoff) });
        command.Parameters.Add(new() { Value = attempts });
        command.Parameters.Add(new() { Value = attempts >= options.MaxAttempts });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Puts deliveries back for later that failed for no fault of theirs: none of it is an attempt.</summary>
    public async Task PutBackAsync(IReadOnlyCollection<ClaimedDelivery> deliveries, string why, CancellationToken ct)
    {
        await using var command = source.CreateCommand($"""
            UPDATE {schema}.outbox_deliveries SET leased_until = NULL, last_error = $2, next_attempt_at = clock_timestamp() + $3 * (0.5 + random()) WHERE id = ANY($1)
            """);
        command.Parameters.Add(new() { Value = deliveries.Select(d => d.Id).ToArray() });
        command.Parameters.Add(new() { Value = why });
        command.Parameters.Add(new() { Value = options.FirstBackoff });
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task<IReadOnlyList<ParkedDelivery>> ParkedAsync(Instant? afterAt, Guid? afterId, int limit, CancellationToken ct)
    {
        await using var command = source.CreateCommand($"""
            SELECT d.id, e.type, e.aggregate_id, e.sequence, d.consumer, d.attempts, d.last_error, d.parked_at, d.discarded_at, e.occurred_at
            FROM {schema}.outbox_deliveries d JOIN {schema}.outbox_events e ON e.id = d.event_id
            WHERE d.parked_at IS NOT NULL AND ($1::timestamptz IS NULL OR (d.parked_at, d.id) > ($1, $2))
            ORDER BY d.parked_at, d.id LIMIT $3
            """);
        command.Parameters.Add(new() { Value = (object?)afterAt?.ToDateTimeUtc() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)afterId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = limit });
        var parked = new List<ParkedDelivery>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        Instant At(int column) => Instant.FromDateTimeUtc(reader.GetDateTime(column));
        while (await reader.ReadAsync(ct))
        {
            parked.Add(new(
                reader.GetGuid(0), schema, reader.GetString(1), reader.GetGuid(2), reader.GetInt64(3), reader.GetString(4), reader.GetInt32(5),
                reader.IsDBNull(6) ? null : reader.GetString(6), At(7), reader.IsDBNull(8) ? null : At(8), At(9)));
        }

        return parked;
    }

    public Task<bool> ReplayAsync(Guid id, AuditEntry deed, CancellationToken ct) => OperateAsync(
        "attempts = 0, parked_at = NULL, discarded_at = NULL, leased_until = NULL, next_attempt_at = clock_timestamp()", id, deed, ct);

    public Task<bool> DiscardAsync(Guid id, AuditEntry deed, CancellationToken ct) => OperateAsync(
        "discarded_at = coalesce(discarded_at, clock_timestamp())", id, deed, ct);

    /// <summary>Changes a parked delivery and writes the audit row in the same statement.</summary>
    private async Task<bool> OperateAsync(string change, Guid id, AuditEntry deed, CancellationToken ct)
    {
        await using var command = source.CreateCommand($"""
            WITH changed AS (UPDATE {schema}.outbox_deliveries SET {change} WHERE id = $1 AND parked_at IS NOT NULL RETURNING id)
            INSERT INTO {schema}.audit_entries ({AuditEntry.Columns}) SELECT $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM changed
            """);
        command.Parameters.Add(new() { Value = id });
        foreach (var parameter in deed.Parameters()) command.Parameters.Add(parameter);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>Counts what waits (claimable now or later), what is parked, and the age of the oldest waiting delivery.</summary>
    public async Task<OutboxState> StateAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand($"""
            SELECT count(*) FILTER (WHERE d.parked_at IS NULL AND NOT held), count(*) FILTER (WHERE d.parked_at IS NOT NULL),
                   coalesce(extract(epoch FROM clock_timestamp() - min(e.recorded_at) FILTER (WHERE d.parked_at IS NULL AND NOT held)), 0)::float8
            FROM {schema}.outbox_deliveries d JOIN {schema}.outbox_events e ON e.id = d.event_id
            CROSS JOIN LATERAL (SELECT EXISTS (
                SELECT 1 FROM {schema}.outbox_deliveries p
                WHERE p.consumer = d.consumer AND p.aggregate_id = d.aggregate_id AND p.sequence < d.sequence AND p.parked_at IS NOT NULL AND p.discarded_at IS NULL) AS held) AS h
            WHERE d.discarded_at IS NULL
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new OutboxState(reader.GetInt64(0), reader.GetInt64(1), reader.GetDouble(2));
    }
}

/// <summary>How an outbox stands.</summary>
/// <param name="Waiting">Deliveries still to be made, without those held back by a parked one.</param>
/// <param name="Parked">Deliveries set aside for an operator.</param>
/// <param name="OldestSeconds">Real age of the oldest waiting delivery.</param>
public sealed record OutboxState(long Waiting, long Parked, double OldestSeconds);

/// <summary>A delivery set aside for an operator.</summary>
/// <param name="Id">What to replay or discard it by.</param>
/// <param name="Module">The module that reported the event.</param>
/// <param name="Type">The event's type.</param>
/// <param name="AggregateId">The case or other subject whose later events it holds back.</param>
/// <param name="Sequence">Its place among that subject's events.</param>
/// <param name="Consumer">The module that could not take it.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastError">The kind of the last failure; no text that could quote a value.</param>
/// <param name="ParkedAt">When it was set aside; real time.</param>
/// <param name="DiscardedAt">When an operator gave it up; null while it holds back the rest.</param>
/// <param name="OccurredAt">When the event happened, by the domain's clock.</param>
[NotPersonal("the type of a failure, never its text", "LastError")]
public sealed record ParkedDelivery(
    Guid Id, string Module, string Type, Guid AggregateId, long Sequence, string Consumer, int Attempts, string? LastError, Instant ParkedAt, Instant? DiscardedAt, Instant OccurredAt);
