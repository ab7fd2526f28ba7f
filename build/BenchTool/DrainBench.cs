using System.Diagnostics;
using System.Globalization;
using Crm.Build.Hosting;

namespace Crm.Build.Bench;

/// <summary>
/// Resolved cases on their way to planned follow-ups: how fast a backlog drains, what it asks of the database, and how long one takes.
/// </summary>
internal static class DrainBench
{
    private const int WarmUp = 2_000, PerSecond = 300, Resolvers = 16;

    public static async Task<string> RunAsync(BenchOptions options, BenchGround ground, CancellationToken ct)
    {
        var (database, _) = await ground.DatabaseAsync("drain", keep: false, ct);
        await using var disposable = database;
        var key = await database.GrantKeyAsync(project: null, ct);
        var host = ground.NewHost(database);
        host.Start();
        await host.ReadyAsync(ct);
        var meter = ground.Meter(host);
        await EventCopies.ResolveOneAsync(database, host, key, ct);
        await DrainAsync(database, WarmUp, ct);
        await Load.RunAsync(host.Address, Resolvers, TimeSpan.FromSeconds(3), () => PostBench.Request(key), meter);

        var (posts, links, drains, clients) = (new List<double>(), new List<double>(), new List<double>(), options.Clients.Max());
        IReadOnlyList<StatementCount> statements = [], linking = [];
        var linked = 0L;
        for (var round = 0; round < options.Rounds; round++)
        {
            posts.Add((await Load.RunAsync(host.Address, clients, options.Round, () => PostBench.Request(key), meter)).Rate);
            await StatementCounts.ResetAsync(database, ct);
            (linked, var rate) = await LinkAsync(database, ct);
            links.Add(rate);
            linking = await StatementCounts.ReadAsync(database, "crm_", new HashSet<string>(), ct);
            await StatementCounts.ResetAsync(database, ct);
            drains.Add(await DrainAsync(database, options.Backlog, ct));
            statements = await StatementCounts.ReadAsync(database, "crm_", new HashSet<string>(), ct);
            ground.Say(string.Create(CultureInfo.InvariantCulture, $"      {posts[^1]:0} posts/s, {links[^1]:0} customers linked/s, {drains[^1]:0} events drained/s"));
        }

        var (planned, perSecond, p50, p99, worst) = await EndToEndAsync(options, database, host, key, ct);
        await host.DisposeAsync();

        var table = new MarkdownTable("figure", "median of rounds");
        table.Add("events drained a second, one host", Turn.Median(drains));
        table.Add($"POST /complaints a second at {clients} clients, in turn with it", Turn.Median(posts));
        table.Add("drain : POST", Turn.Median(drains.Zip(posts, (d, p) => d / p)));
        table.Add("cases linked with their customers a second, after those POSTs", Turn.Median(links));
        table.Add("linked : POST", Turn.Median(links.Zip(posts, (l, p) => l / p)));
        return string.Create(CultureInfo.InvariantCulture, $"""
            ### Resolved → follow-up planned

            {options.Backlog:#,0} events `ComplaintResolved`, copied by SQL from a real one and committed at once, are delivered by one host, in turn with
            rounds of POST /complaints.

            {table}

            Statements of the last drain, all roles, without the session's reset, those that write the follow-up and its clock among them:

            {Each(statements, options.Backlog)}

            Those of the last cases that were linked with their customers, each of somebody new:

            {Each(linking, linked)}

            **End to end** at {PerSecond} resolutions a second ({perSecond:0} came about, {planned:#,0} in all), from the commit of the resolution to
            the commit of the follow-up, by `pg_xact_commit_timestamp`: p50 **{p50:0.0} ms**, p99 **{p99:0.0} ms**, longest {worst:0} ms.
            """);
    }

    /// <summary>What was asked for each of so many.</summary>
    private static MarkdownTable Each(IReadOnlyList<StatementCount> statements, long many)
    {
        var table = new MarkdownTable("statement", "calls for each", "µs each");
        var work = statements.Where(s => !LoggedStatement.Housekeeping(s.What)).OrderByDescending(s => s.Calls).ToList();
        foreach (var s in work.Where(s => s.Calls * 500 > many)) table.Add($"`{s.What}`", (double)s.Calls / many, s.Milliseconds / s.Calls * 1_000);
        table.Add("all", (double)work.Sum(s => s.Calls) / many, work.Sum(s => s.Milliseconds) / work.Sum(s => s.Calls) * 1_000);
        return table;
    }

    /// <summary>Waits until every case that was posted knows its customer: the directory makes them known, and tells the case.</summary>
    private static async Task<(long Linked, double PerSecond)> LinkAsync(BenchDatabase database, CancellationToken ct)
    {
        var (left, watch) = (await database.ScalarAsync<long>("SELECT count(*) FROM complaints.complaints WHERE customer_id IS NULL", ct), Stopwatch.StartNew());
        await database.UntilAsync("SELECT NOT EXISTS (SELECT FROM complaints.complaints WHERE customer_id IS NULL)", "The cases were not linked with their customers", ct);
        return (left, left / watch.Elapsed.TotalSeconds);
    }

    /// <summary>Commits so many events at once and waits until all are delivered.</summary>
    /// <returns>Events a second, from the first that the consumer took to the commit of the last.</returns>
    private static async Task<double> DrainAsync(BenchDatabase database, int events, CancellationToken ct)
    {
        await EventCopies.WaitAsync(database, atMost: 0, ct);
        await database.ExecuteAsync("TRUNCATE followups.inbox", ct);
        await EventCopies.CommitAsync(database, events, age: "0", ct);
        await EventCopies.WaitAsync(database, atMost: 0, ct);
        var done = await database.ScalarAsync<long>("SELECT count(*) FROM followups.inbox WHERE outcome = 'done'", ct);
        if (done != events) throw new InvalidDataException($"Of {events} events {done} planned a follow-up.");
        var seconds = await database.ScalarAsync<double>(
            "SELECT extract(epoch FROM max(pg_xact_commit_timestamp(xmin)) - min(received_at))::float8 FROM followups.inbox", ct);
        return events / seconds;
    }

    private static async Task<(long Planned, double PerSecond, double P50, double P99, double Worst)> EndToEndAsync(
        BenchOptions options, BenchDatabase database, HostProcess host, string key, CancellationToken ct)
    {
        var wanted = (int)(PerSecond * options.Round.TotalSeconds);
        while (await database.ScalarAsync<long>("SELECT count(*) FROM complaints.complaints WHERE status = 'registered'", ct) < wanted)
            await Load.RunAsync(host.Address, Resolvers, TimeSpan.FromSeconds(5), () => PostBench.Request(key), new CpuMeter(0, []));

        // Accepted by SQL: only resolutions are to be under way.
        await database.ExecuteAsync(
            "UPDATE complaints.complaints SET status = 'accepted', handler = 'bench', version = version + 1 WHERE status = 'registered'", ct);
        await database.ExecuteAsync("VACUUM ANALYZE complaints.complaints", ct);
        var accepted = await database.RowsAsync(
            $"SELECT id FROM complaints.complaints WHERE status = 'accepted' ORDER BY random() LIMIT {wanted}", ct);
        var cases = accepted.Select(row => (Guid)row[0]!).ToList();
        var seconds = await Load.PacedAsync(host.Address, Resolvers, PerSecond, [.. cases.Select(id => EventCopies.Resolution(id, key))]);
        await EventCopies.WaitAsync(database, atMost: 0, ct);
        var row = (await database.RowsAsync(
            $"""
             SELECT count(f.id), percentile_cont(ARRAY[0.5, 0.99, 1.0]) WITHIN GROUP (
                        ORDER BY 1000 * extract(epoch FROM pg_xact_commit_timestamp(f.xmin) - pg_xact_commit_timestamp(c.xmin))::float8)
             FROM complaints.complaints c LEFT JOIN followups.follow_ups f ON f.origin_id = c.id
             WHERE c.id = ANY(ARRAY[{string.Join(',', cases.Select(id => $"'{id}'"))}]::uuid[])
             """,
            ct))[0];
        var (planned, figures) = ((long)row[0]!, (double[])row[1]!);
        return planned == wanted
            ? (planned, wanted / seconds, figures[0], figures[1], figures[2])
            : throw new InvalidDataException($"{wanted} cases were resolved, {planned} follow-ups planned.");
    }
}
