using System.Globalization;

namespace Crm.Build.Bench;

/// <summary>
/// A million events through the outbox: whether the last hundred thousand go as fast as the first, how long a claim takes, and how large the
/// outbox is when all is delivered, forgotten and vacuumed.
/// </summary>
internal static class MillionBench
{
    private const int All = 1_000_000, Tenth = All / 10, Piece = 5_000, Waiting = 5_000;
    private static readonly string[] Tables = ["complaints.outbox_deliveries", "complaints.outbox_events"];

    public static async Task<string> RunAsync(BenchOptions options, BenchGround ground, CancellationToken ct)
    {
        var (database, _) = await ground.DatabaseAsync("million", keep: false, ct);
        await using var disposable = database;
        var sizes = new MarkdownTable("when", "outbox_deliveries, kB", "outbox_events, kB", "both");
        var empty = await SizeAsync("new, and nothing in it");

        // The server notes how long each statement of the producer takes; its connections learn of it when they are made.
        await database.ExecuteAsync("ALTER ROLE crm_complaints SET log_min_duration_statement = 0", ct);
        var host = ground.NewHost(database);
        host.Start();
        await host.ReadyAsync(ct);
        await EventCopies.ResolveOneAsync(database, host, await database.GrantKeyAsync(project: null, ct), ct);
        await GoAsync(Tenth / 10);
        await database.ExecuteAsync("TRUNCATE followups.inbox", ct);
        var warm = await SizeAsync(string.Create(CultureInfo.InvariantCulture, $"after {Tenth / 10:#,0} events to warm up"));

        var log = ground.Log(database);
        var (rates, claims) = (new MarkdownTable("events", "delivered a second", "claims", "claim p50 ms", "p99 ms", "longest ms"), new List<double>());
        for (var done = 0; done < All; done += Tenth)
        {
            var from = log.Length;
            var seconds = await GoAsync(Tenth);
            var took = log.Durations(from, "WITH due AS MATERIALIZED");
            claims.AddRange(took);
            rates.Add(string.Create(CultureInfo.InvariantCulture, $"to {done + Tenth:#,0}"), Tenth / seconds, took.Length, Turn.Percentile(took, 0.5), Turn.Percentile(took, 0.99), took[^1]);
            ground.Say(string.Create(CultureInfo.InvariantCulture, $"      {done + Tenth:#,0}: {Tenth / seconds:0}/s, claim p99 {Turn.Percentile(took, 0.99):0.0} ms"));
        }

        var receipts = await database.ScalarAsync<long>("SELECT count(*) FROM followups.inbox WHERE outcome = 'done'", ct);
        if (receipts != All) throw new InvalidDataException($"Of {All} events {receipts} planned a follow-up.");
        await SizeAsync("a million events delivered and still remembered");

        // What is old is forgotten by every host as it starts.
        await host.DisposeAsync();
        await database.ExecuteAsync("ALTER ROLE crm_complaints RESET log_min_duration_statement", ct);
        var forgetting = ground.NewHost(database, more: new Dictionary<string, string> { ["Crm__Retention__Events"] = "01:00:00" });
        forgetting.Start();
        await forgetting.ReadyAsync(ct);
        await database.UntilAsync("SELECT count(*) < 100 FROM (SELECT FROM complaints.outbox_events LIMIT 100) AS left_over", "The events were not forgotten", ct);
        await database.UntilAsync(
            "SELECT bool_and(n_dead_tup < 1000) FROM pg_stat_user_tables WHERE schemaname = 'complaints' AND relname IN ('outbox_events', 'outbox_deliveries')",
            "Autovacuum did not come", ct);
        await SizeAsync("forgotten after their time, vacuumed by autovacuum");
        await ground.CompactAsync(database, ct);
        var settled = await SizeAsync("compacted (`Crm.Host compact`) while a host serves");
        await forgetting.DisposeAsync();
        double[] all = [.. claims.Order()];

        return string.Create(CultureInfo.InvariantCulture, $"""
            ### A million events

            1,000,000 events `ComplaintResolved`, copied by SQL in pieces of {Piece:#,0} while no more than {Waiting:#,0} wait, are delivered by one host, which
            plans a follow-up for each; they are recorded two hours ago, so that a host that remembers for one hour may forget them afterwards.

            {rates}

            **Claims**, all {all.Length:#,0}, by the server's log (binding and executing): p50 {Turn.Percentile(all, 0.5):0.0} ms, p99 **{Turn.Percentile(all, 0.99):0.0} ms**, longest {all[^1]:0} ms.

            **Size**, indexes and everything included:

            {sizes}

            Settled, the two are {(double)settled / empty:0.0} times as large as when they were new and empty, and {(double)settled / warm:0.00} times as large as after the warm-up.
            """);

        async Task<double> GoAsync(int events)
        {
            var start = await database.ScalarAsync<DateTime>("SELECT clock_timestamp()", ct);
            for (var sent = 0; sent < events; sent += Piece)
            {
                await EventCopies.WaitAsync(database, Waiting, ct);
                await EventCopies.CommitAsync(database, Piece, age: "2 hours", ct);
            }

            await EventCopies.WaitAsync(database, atMost: 0, ct);
            return (await database.ScalarAsync<DateTime>("SELECT clock_timestamp()", ct) - start).TotalSeconds;
        }

        async Task<long> SizeAsync(string when)
        {
            var each = new List<long>();
            foreach (var table in Tables) each.Add(await database.ScalarAsync<long>($"SELECT pg_total_relation_size('{table}')", ct) / 1024);
            sizes.Add(when, each[0], each[1], each.Sum());
            return each.Sum();
        }
    }
}
