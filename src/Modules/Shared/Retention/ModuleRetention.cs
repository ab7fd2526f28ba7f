using Crm.Shared.Data;
using Crm.Shared.Idempotency;
using Npgsql;

namespace Crm.Shared.Retention;

/// <summary>What lies before it is old: as an instant of the database's clock, and as an identity, which is what the primary keys are sorted by.</summary>
internal sealed record Horizon(DateTime Time, Guid Id);

/// <summary>A table of one module whose rows are forgotten when they are old. Its key is <c>id</c>, time-ordered as all identities are.</summary>
/// <param name="Schema">The module.</param>
/// <param name="Table">The table, whose rows the module's role may delete.</param>
/// <param name="Done">What must hold of row <c>r</c>, beside its age by its identity; <c>$2</c> is the horizon by the database's clock.</param>
/// <param name="Age">How old they become.</param>
public sealed record ForgottenRows(string Schema, string Table, string Done, Func<RetentionOptions, TimeSpan> Age);

/// <summary>
/// Forgets what one module no longer needs, in small pieces and by the database's clock. Events go along the primary keys, and both conditions
/// of age are asked for: the identity, because it is the index; and the time, because a host whose clock is wrong makes identities that look old.
/// </summary>
internal sealed class ModuleRetention(string schema, NpgsqlDataSource source)
{
    /// <summary>Rows deleted by one statement.</summary>
    public const int Piece = 1_000;

    public string Schema => schema;

    /// <summary>Where old begins.</summary>
    public async Task<Horizon> HorizonAsync(TimeSpan age, CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT clock_timestamp() - $1");
        command.Parameters.Add(new() { Value = age });
        var time = (DateTime)(await command.ExecuteScalarAsync(ct))!;
        return new(time, Ids.FirstOf(time));
    }

    /// <summary>Events before the horizon that somebody has not received, parked and discarded ones included: the first <see cref="Piece"/> of them.</summary>
    public async Task<IReadOnlyList<Guid>> UndeliveredAsync(Horizon horizon, CancellationToken ct)
    {
        await using var command = source.CreateCommand($"SELECT event_id FROM {schema}.outbox_deliveries WHERE event_id < $1 ORDER BY event_id LIMIT {Piece}");
        command.Parameters.Add(new() { Value = horizon.Id });
        var events = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) events.Add(reader.GetGuid(0));
        return events;
    }

    /// <summary>Forgets events that everybody has received. The foreign key of the deliveries would refuse any other.</summary>
    public Task<long> ForgetEventsAsync(Horizon horizon, CancellationToken ct) => ForgetAsync(
        horizon, "outbox_events", "id", $"recorded_at < $2 AND NOT EXISTS (SELECT FROM {schema}.outbox_deliveries d WHERE d.event_id = r.id)", kept: [], ct);

    /// <summary>Forgets that events were received, but for those that may come again.</summary>
    public Task<long> ForgetReceivedAsync(Horizon horizon, IReadOnlyCollection<Guid> kept, CancellationToken ct) =>
        ForgetAsync(horizon, "inbox", "event_id", "received_at < $2", kept, ct);

    /// <summary>Forgets answers that were kept for retries longer than <see cref="StoredAnswer.Retention"/>.</summary>
    public Task<long> ForgetAnswersAsync(CancellationToken ct) =>
        ForgetPiecesAsync("stored_answers", "key_hash", "stored_at < clock_timestamp() - $1 ORDER BY stored_at", StoredAnswer.Retention, ct);

    /// <summary>Whether some module has not received an event of this type yet, however long ago it happened.</summary>
    public async Task<bool> HasUndeliveredAsync(string type, CancellationToken ct)
    {
        await using var command = source.CreateCommand($"SELECT EXISTS (SELECT FROM {schema}.outbox_deliveries d JOIN {schema}.outbox_events e ON e.id = d.event_id WHERE e.type = $1 AND d.discarded_at IS NULL)");
        command.Parameters.Add(new() { Value = type });
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Forgets what previews would have moved that nobody has applied.</summary>
    public Task<long> ForgetPreviewsAsync(Horizon horizon, CancellationToken ct) =>
        ForgetPiecesAsync("planned_moves", "(preview_id, clock_id)", "preview_id < $1 AND released_at IS NULL", horizon.Id, ct);

    private async Task<long> ForgetPiecesAsync(string table, string key, string old, object limit, CancellationToken ct)
    {
        for (var forgotten = 0L; ;)
        {
            await using var command = source.CreateCommand($"DELETE FROM {schema}.{table} WHERE {key} IN (SELECT {key.Trim('(', ')')} FROM {schema}.{table} WHERE {old} LIMIT {Piece})");
            command.Parameters.Add(new() { Value = limit });
            var gone = await command.ExecuteNonQueryAsync(ct);
            forgotten += gone;
            if (gone < Piece) return forgotten;
        }
    }

    /// <summary>Forgets rows of a table of the module's own.</summary>
    public Task<long> ForgetAsync(ForgottenRows rows, Horizon horizon, CancellationToken ct) => ForgetAsync(horizon, rows.Table, "id", rows.Done, kept: [], ct);

    private async Task<long> ForgetAsync(Horizon horizon, string table, string key, string done, IReadOnlyCollection<Guid> kept, CancellationToken ct)
    {
        var (forgotten, after) = (0L, Guid.Empty);
        while (true)
        {
            await using var command = source.CreateCommand($"""
                WITH page AS MATERIALIZED (SELECT {key} AS id FROM {schema}.{table} WHERE {key} > $3 AND {key} < $1 ORDER BY {key} LIMIT $4),
                     gone AS (DELETE FROM {schema}.{table} r USING page WHERE r.{key} = page.id AND r.{key} <> ALL($5) AND r.{done} RETURNING 1)
                SELECT (SELECT count(*) FROM gone), (SELECT id FROM page ORDER BY id DESC LIMIT 1)
                """);
            foreach (var value in new object[] { horizon.Id, horizon.Time, after, Piece, kept.ToArray() }) command.Parameters.Add(new() { Value = value });
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            if (reader.IsDBNull(1)) return forgotten;
            (forgotten, after) = (forgotten + reader.GetInt64(0), reader.GetGuid(1));
        }
    }
}
