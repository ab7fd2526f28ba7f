using System.Diagnostics;

namespace Crm.Build.Chaos;

/// <summary>
/// Very many clocks are due at the same instant, with three hosts to see to them: half of them warn, half of them breach. Each rung must be
/// written once and reported once, while clients go on working.
/// </summary>
internal static class Burst
{
    public static readonly Scenario Scenario = new("burst", "100,000 clocks due at the same instant, three hosts", RunAsync);

    private const int Clocks = 100_000, Templates = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    /// <summary>Copies of cases that the API registered, whatever columns they have; their two clocks ring together.</summary>
    private const string Seed =
        """
        CREATE TABLE public.chaos_burst AS
            SELECT gen_random_uuid() AS id, t.complaint_id AS template, n FROM generate_series(1, {0}) n
            JOIN (SELECT complaint_id, row_number() OVER () - 1 AS nth FROM complaints.complaint_records WHERE source_system = 'Probe') t ON t.nth = n % {1};
        INSERT INTO complaints.complaints SELECT (jsonb_populate_record(c, jsonb_build_object('id', b.id, 'number', 'BURST-' || b.n))).*
            FROM public.chaos_burst b JOIN complaints.complaints c ON c.id = b.template;
        INSERT INTO complaints.complaint_records SELECT (jsonb_populate_record(r, jsonb_build_object('complaint_id', b.id, 'number', 'BURST-' || b.n, 'source_system', 'Burst', 'source_ticket', b.n::text))).*
            FROM public.chaos_burst b JOIN complaints.complaint_records r ON r.complaint_id = b.template;
        INSERT INTO complaints.clocks SELECT (jsonb_populate_record(k, jsonb_build_object('id', gen_random_uuid(), 'subject_id', b.id,
                'warn_at', CASE k.kind WHEN 'feedback' THEN now() - interval '1 hour' ELSE due.at END,
                'due_at', CASE k.kind WHEN 'feedback' THEN due.at - interval '1 microsecond' ELSE due.at + interval '1 day' END,
                'next_rung_at', due.at))).*
            FROM public.chaos_burst b JOIN complaints.clocks k ON k.subject_id = b.template, (SELECT now() + interval '{2} seconds' AS at) due;
        ANALYZE complaints.complaints; ANALYZE complaints.complaint_records; ANALYZE complaints.clocks;
        """;

    /// <summary>Those that have not rung; after it, nothing of theirs is due for a day.</summary>
    private const string Waiting = "SELECT count(*) FROM complaints.clocks k JOIN public.chaos_burst b ON b.id = k.subject_id WHERE next_rung_at < clock_timestamp() + interval '12 hours'";

    private const string Mine = "FROM complaints.clock_rungs r JOIN complaints.clocks k ON k.id = r.clock_id JOIN public.chaos_burst b ON b.id = k.subject_id";

    private static async Task<ChaosTable> RunAsync(Shift shift, CancellationToken ct)
    {
        var hosts = await shift.StartAsync(3, ct);
        var cases = (shift.Options.Clocks ?? Clocks) / 2;
        using var recovery = await Recovery.OfAsync(hosts, ct);
        for (var n = 0; n < Templates; n++) await recovery.TryAsync(hosts[n % hosts.Length], ct, kind: "complaint");
        // Long enough to be seeded before it comes.
        var lead = 30 + cases / 600;
        shift.Say($"seeding {2 * cases:N0} clocks, due in {lead} s");
        var seeded = Stopwatch.StartNew();
        await shift.Ground.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, Seed, cases, Templates, lead), ct);
        if (await CountAsync(shift, "SELECT count(*) FROM public.chaos_burst", ct) != cases) throw new InvalidDataException("not all template cases could be registered");
        if (seeded.Elapsed.TotalSeconds > lead) throw new TimeoutException($"seeding took {seeded.Elapsed.TotalSeconds:0} s, longer than the {lead} s until the clocks are due");

        return await shift.WorkAsync(hosts, async stop =>
        {
            await Task.Delay(TimeSpan.FromSeconds(lead) - seeded.Elapsed, stop);
            var watch = Stopwatch.StartNew();
            for (var told = TimeSpan.Zero; watch.Elapsed < Patience && await CountAsync(shift, Waiting, stop) is var waiting and > 0; await Task.Delay(200, stop))
            {
                if (watch.Elapsed - told < TimeSpan.FromSeconds(10)) continue;
                told = watch.Elapsed;
                shift.Say($"{waiting:N0} clocks wait; {shift.Traffic.Requests:N0} requests so far");
            }

            var rungs = await CountAsync(shift, $"SELECT count(*) {Mine}", stop);
            var reported = await CountAsync(shift, "SELECT count(*) FROM complaints.outbox_events e JOIN public.chaos_burst b ON b.id = e.aggregate_id", stop);
            var lateness = await shift.Ground.ExecuteAsync(
                $"SELECT string_agg(to_char(p, 'FM9990.0'), ' / ') FROM (SELECT unnest(percentile_disc(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM r.written_at - r.at)::numeric)) AS p {Mine}) AS s", stop);
            shift.Figures.Add(("clocks due at the same instant", 2 * cases));
            shift.Figures.Add(("  seconds until all had rung", $"{watch.Elapsed.TotalSeconds:0.0}"));
            shift.Figures.Add(("  a second", $"{2 * cases / watch.Elapsed.TotalSeconds:0}"));
            shift.Figures.Add(("  lateness in seconds, p50 / p99 / longest", lateness ?? "none"));
            shift.MustBeZero.Add(("rungs missing or too many", Math.Abs(rungs - 2 * cases), []));
            shift.MustBeZero.Add(("reports missing or too many", Math.Abs(reported - 2 * cases), []));
        }, ct, clients: 2);
    }

    private static async Task<long> CountAsync(Shift shift, string sql, CancellationToken ct) => (long)(await shift.Ground.ExecuteAsync(sql, ct))!;
}
