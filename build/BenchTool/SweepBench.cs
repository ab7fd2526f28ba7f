using System.Diagnostics;
using System.Globalization;
using Crm.Build.Hosting;

namespace Crm.Build.Bench;

/// <summary>Clocks that come due among many that run: how many a second, what finding them reads, and how late they are written down.</summary>
internal static class SweepBench
{
    private const int Steady = 200, SteadySeconds = 5, MostHosts = 2;
    private static readonly int[] Sizes = [1_000, 100_000, 1_000_000], Large = [5_000_000];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5), Look = TimeSpan.FromMilliseconds(200);

    public static async Task<string> RunAsync(BenchOptions options, BenchGround ground, CancellationToken ct)
    {
        var (database, _) = await ground.DatabaseAsync("sweep", keep: false, ct);
        await using var disposable = database;
        var table = new MarkdownTable(
            "running clocks", "hosts", "due/s in a burst", "buffers per due clock", "of these, finding what is due", "burst: late p50 ms", "p99 ms",
            $"{Steady}/s: late p50 ms", "p99 ms ");
        var running = 0;
        foreach (var size in options.Large ? [.. Sizes, .. Large] : Sizes)
        {
            ground.Say($"sweep: {size.ToString("#,0", CultureInfo.InvariantCulture)} running clocks");
            await ManyAsync(database, size - running, ct);
            running = size;
            await database.ExecuteAsync("VACUUM ANALYZE; CHECKPOINT", ct);
            var hosts = new List<HostProcess>();
            try
            {
                while (hosts.Count < MostHosts)
                {
                    var host = ground.NewHost(database);
                    hosts.Add(host);
                    host.Start();
                    await host.ReadyAsync(ct);
                    await RingAsync(database, options.Backlog / 10, spread: "0", ct);

                    await StatementCounts.ResetAsync(database, ct);
                    var burst = await RingAsync(database, options.Backlog, spread: "0", ct);
                    var counts = await StatementCounts.ReadAsync(database, "crm_complaints", new HashSet<string>(), ct);
                    var found = counts.Where(s => s.What == "SELECT complaints.clocks").Sum(s => s.Buffers);
                    var steady = await RingAsync(database, Steady * SteadySeconds, spread: $"i * interval '{1_000_000 / Steady} microseconds'", ct);
                    table.Add(
                        size, hosts.Count, options.Backlog / burst.Seconds, (double)counts.Sum(s => s.Buffers) / options.Backlog,
                        (double)found / options.Backlog, burst.P50, burst.P99, steady.P50, steady.P99);
                    ground.Say(string.Create(
                        CultureInfo.InvariantCulture,
                        $"      {hosts.Count} host(s): {options.Backlog / burst.Seconds:0} due/s, {counts.Sum(s => s.Buffers) / options.Backlog} buffers each, {steady.P99:0} ms late (p99)"));
                }
            }
            finally
            {
                foreach (var host in hosts) await host.DisposeAsync();
            }
        }

        return $"""
            ### The clock sweep

            {options.Backlog.ToString("#,0", CultureInfo.InvariantCulture)} clocks of as many cases come due at one instant among those that run; their rate is taken from that
            instant to the commit of the last rung. Lateness runs from a rung's own instant to its commit, by `pg_xact_commit_timestamp`: in that
            burst, and when {Steady} a second come due for {SteadySeconds} seconds. Buffers (hit or read) are those of all statements of the
            module's role in the burst.

            {table}
            """;
    }

    /// <summary>Cases whose clocks run for a long time yet, written as one who restores a dump does: keys are right without being checked.</summary>
    private static async Task ManyAsync(BenchDatabase database, int cases, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = new Npgsql.NpgsqlCommand(
            $"SET session_replication_role = replica; SET synchronous_commit = off; {Insert(cases, "now() + interval '30 days' + i * interval '1 second'")}; RESET session_replication_role; RESET synchronous_commit",
            connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Cases with one running clock each.</summary>
    /// <param name="database">The database.</param>
    /// <param name="cases">How many.</param>
    /// <param name="warnAt">When the clock of the i-th warns, in SQL.</param>
    /// <param name="ct">Stops it.</param>
    private static Task<int> AddAsync(BenchDatabase database, int cases, string warnAt, CancellationToken ct) => database.ExecuteAsync(Insert(cases, warnAt), ct);

    private static string Insert(int cases, string warnAt) =>
        $"""
         WITH made AS MATERIALIZED (SELECT i, {EventCopies.Identity("now()")} AS id, {warnAt} AS warn_at FROM generate_series(1, {cases}) AS i),
         stored AS (
             INSERT INTO complaints.complaints (id, number, project, kind, severity, status, cycle, registered_at, earliest_due_at, has_written_reply, version, event_sequence)
             SELECT id, 'BX' || id, 'demo', 'complaint', 'minor', 'registered', 1, warn_at - interval '18 hours', warn_at + interval '6 hours', false, 1, 1 FROM made RETURNING id)
         INSERT INTO complaints.clocks (id, subject_id, project, cycle, kind, started_at, budget, consumed, warn_at, due_at, next_rung_at, policy, policy_version)
         SELECT {EventCopies.Identity("now()")}, id, 'demo', 1, 'feedback', warn_at - interval '18 hours', interval '24 hours', interval '0', warn_at, warn_at + interval '6 hours', warn_at, 'complaints.feedback', 0
         FROM made JOIN stored USING (id)
         """;

    /// <summary>Lets so many clocks come due soon, and waits until all are written down.</summary>
    /// <param name="database">The database.</param>
    /// <param name="clocks">How many.</param>
    /// <param name="spread">How far the i-th comes behind the first, in SQL.</param>
    /// <param name="ct">Stops it.</param>
    private static async Task<(double Seconds, double P50, double P99)> RingAsync(BenchDatabase database, int clocks, string spread, CancellationToken ct)
    {
        var before = await RungsAsync();

        // Time enough to be committed before the first is due.
        var first = await database.ScalarAsync<DateTime>(
            $"SELECT date_trunc('milliseconds', clock_timestamp()) + interval '{3 + clocks / 5_000} seconds'", ct);
        var instant = $"'{first:yyyy-MM-dd HH:mm:ss.fff}+00'::timestamptz";
        await AddAsync(database, clocks, spread == "0" ? instant : $"{instant} + {spread}", ct);
        for (var waited = Stopwatch.StartNew(); await RungsAsync() < before + clocks; await Task.Delay(Look, ct))
        {
            if (waited.Elapsed > Patience)
                throw new TimeoutException($"{clocks} due clocks were not written down within {Patience.TotalMinutes:0} minutes.");
        }

        var row = (await database.RowsAsync(
            $"""
             SELECT extract(epoch FROM max(pg_xact_commit_timestamp(xmin)) - {instant})::float8,
                    percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY 1000 * extract(epoch FROM pg_xact_commit_timestamp(xmin) - at)::float8)
             FROM complaints.clock_rungs WHERE at >= {instant}
             """,
            ct))[0];
        var late = (double[])row[1]!;
        return ((double)row[0]!, late[0], late[1]);

        Task<long> RungsAsync() => database.ScalarAsync<long>("SELECT count(*) FROM complaints.clock_rungs", ct);
    }
}
