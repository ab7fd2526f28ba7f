using Crm.Build.Hosting;

namespace Crm.Build.Bench;

/// <summary>Events ComplaintResolved in any number: the first is real, the others are copies of it by SQL, each of a case of its own.</summary>
internal static class EventCopies
{
    /// <summary>The model of all copies: a case with a named customer, accepted and resolved over HTTP.</summary>
    public static Task ResolveOneAsync(BenchDatabase database, HostProcess host, string key, CancellationToken ct) => Task.Run(
        async () =>
        {
            using var client = new WireClient(host.Address);
            client.Succeed(PostBench.Request(key));
            var id = await database.ScalarAsync<Guid>("SELECT id FROM complaints.complaints LIMIT 1", ct);
            client.Succeed(WireClient.Request("POST", $"/api/v1/complaints/{id}/acceptance", key, "{}"));
            client.Succeed(Resolution(id, key));
        },
        ct);

    /// <summary>Resolves this case.</summary>
    public static byte[] Resolution(Guid id, string key) =>
        WireClient.Request("POST", $"/api/v1/complaints/{id}/resolution", key, """{"summary":"The control board was replaced, the lift runs again."}""");

    /// <summary>Commits so many events at once, with identities of the time they were recorded at, as hosts make them.</summary>
    /// <param name="database">The database.</param>
    /// <param name="events">How many.</param>
    /// <param name="age">How long ago they were recorded, in SQL.</param>
    /// <param name="ct">Stops it.</param>
    public static Task<int> CommitAsync(BenchDatabase database, int events, string age, CancellationToken ct) => database.ExecuteAsync(
        $"""
         WITH copies AS MATERIALIZED (
             SELECT gen_random_uuid() AS case_id, type, payload, trace_id, now() - interval '{age}' AS at, i
             FROM (SELECT * FROM complaints.outbox_events WHERE type = 'ComplaintResolved' LIMIT 1) AS model, generate_series(1, {events}) AS i),
         stored AS (
             INSERT INTO complaints.outbox_events (id, type, aggregate_id, sequence, occurred_at, recorded_at, payload, trace_id)
             SELECT {Identity("at")}, type, case_id, 1, now(), at, jsonb_set(payload, ARRAY['complaintId'], to_jsonb(case_id)), trace_id FROM copies
             RETURNING id, aggregate_id)
         INSERT INTO complaints.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts)
         SELECT gen_random_uuid(), id, 'followups', aggregate_id, 1, 0 FROM stored
         """,
        ct);

    /// <summary>In SQL, an identity as hosts make them at this instant for the i-th row: in order of time, ten in a millisecond.</summary>
    public static string Identity(string at) =>
        $"(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint + i / 10), 12, '0') || overlay(substr(md5(random()::text), 1, 20) placing '7' from 1 for 1))::uuid";

    /// <summary>Returns when no more than so many wait to be delivered.</summary>
    /// <exception cref="TimeoutException">They still do after ten minutes.</exception>
    public static Task WaitAsync(BenchDatabase database, int atMost, CancellationToken ct) =>
        database.UntilAsync($"SELECT count(*) <= {atMost} FROM (SELECT 1 FROM complaints.outbox_deliveries LIMIT {atMost + 1}) AS waiting", "The outbox was not drained", ct);
}
