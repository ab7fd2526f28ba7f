using System.Globalization;
using Crm.Build.Hosting;

namespace Crm.Build.Bench;

/// <summary>How many cases a second one host registers, beside pgbench executing the same statements.</summary>
internal static class PostBench
{
    private const string Path = "/api/v1/complaints", Role = "crm_complaints", PgbenchRole = BenchGround.LoadRole;
    private const int WarmUp = 3_000;

    public static async Task<string> RunAsync(BenchOptions options, BenchGround ground, CancellationToken ct)
    {
        var (database, _) = await ground.DatabaseAsync("post", keep: false, ct);
        await using var disposable = database;
        var key = await database.GrantKeyAsync(project: null, ct);
        var host = ground.NewHost(database);
        host.Start();
        await host.ReadyAsync(ct);
        var meter = ground.Meter(host);
        WarmUpBy(host, key);

        var (script, counts) = await DeriveAsync(ground, database, host, key, ct);
        var pgbench = ground.Pgbench(database);
        var (contests, profile) = (Contest.Table(), "");
        var round = 0;
        foreach (var clients in options.Clients)
        {
            ground.Say($"post: {clients} client(s)");
            await StatementCounts.ResetAsync(database, ct);
            var contest = await Contest.RunAsync(
                options.Rounds,
                () => Load.RunAsync(host.Address, clients, options.Round, () => Request(key), meter),
                () => database.InsteadOfAsync(host, () => pgbench.RunAsync(script.InRound(++round), clients, options.Round, meter, ct), ct));
            contest.AddTo(contests, "POST /complaints", clients);
            ground.Say(string.Create(CultureInfo.InvariantCulture, $"      {contest.Api.Rate:0}/s beside {contest.Pgbench.Rate:0}/s"));
            profile = await ProfileAsync(database, clients, ct);
        }

        await host.DisposeAsync();
        return $"""
            ### POST /complaints

            A case of kind complaint with customer and phone, a new Idempotency-Key each time, posted by a machine with an API key; one host.
            pgbench executes the statements of one such POST, taken from the server's log in their order and with their values, in one pipelined
            batch over prepared statements, with ids, number and key made by the client. The host stands still meanwhile: it would find entries of
            the audit that no host has written, and work off the events.

            {contests}

            Statements of one POST, as pg_stat_statements counts them (calls and rows are compared by the bench, which fails when they differ). What
            libraries add around the work, savepoints and the session's reset, is counted from the log, listed last, and no part of the batch:

            {counts}

            {profile}
            """;
    }

    /// <summary>A new case: a customer with a phone complains, by way of call-centre software.</summary>
    public static byte[] Request(string key)
    {
        var phone = Random.Shared.NextInt64(13_000_000_000, 13_999_999_999);
        return WireClient.Request("POST", Path, key, $$"""
            {"project":"demo","kind":"complaint","channel":"hotline","content":"The lift in building 3 stopped between floors again this morning, for the second time this week.","category":"lifts","customer":{"name":"Li Na","phone":"{{phone}}"},"building":"3","unit":"1802","demand":"Repair it soon and say what was wrong."}
            """);
    }

    /// <summary>Until the runtime has compiled the way for good.</summary>
    private static void WarmUpBy(HostProcess host, string key)
    {
        using var client = new WireClient(host.Address);
        for (var sent = 0; sent < WarmUp; sent++) client.Succeed(Request(key));
    }

    /// <summary>The script, and the proof that it does what the POST does.</summary>
    private static async Task<(PgbenchScript Script, MarkdownTable Counts)> DeriveAsync(
        BenchGround ground, BenchDatabase database, HostProcess host, string key, CancellationToken ct)
    {
        var log = ground.Log(database);
        var quiet = await log.QuietAsync(ct);
        using var client = new WireClient(host.Address);

        // Once in fifty times, the POST also fetches a block of numbers: not the one to take as the model.
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var statements = await log.OfRequestAsync(quiet, () => Task.Run(async () =>
            {
                await StatementCounts.ResetAsync(database, ct);
                client.Succeed(Request(key));
            }, ct), ct);
            if (statements.Any(s => s.Sql.Contains("nextval", StringComparison.Ordinal))) continue;
            statements = TransactionThat("INSERT INTO complaints.stored_answers", statements);
            var ours = await StatementCounts.ReadAsync(database, Role, quiet, ct);

            var script = PostScript.Of(statements);
            var theirs = await database.InsteadOfAsync(host, async () =>
            {
                await ground.Pgbench(database).OnceAsync(script.InRound(0), ct);
                return await StatementCounts.ReadAsync(database, PgbenchRole, new HashSet<string>(), ct);
            }, ct);
            return (script, Compare(ours, theirs, statements, script));
        }

        throw new InvalidDataException("Every POST fetched a block of numbers.");
    }

    /// <summary>The POST is one transaction. What its event sets off at once, in this module and in others, is none of it.</summary>
    private static IReadOnlyList<LoggedStatement> TransactionThat(string doesThis, IReadOnlyList<LoggedStatement> statements)
    {
        var doing = statements.Single(s => s.Sql.StartsWith(doesThis, StringComparison.Ordinal));
        var its = statements.Where(s => s.Backend == doing.Backend).ToList();
        var (from, to) = (its.FindLastIndex(its.IndexOf(doing), s => s.IsFrame), its.FindIndex(its.IndexOf(doing), s => s.IsFrame));
        return its[from..(to + 1)];
    }

    private static MarkdownTable Compare(
        IReadOnlyList<StatementCount> ours, IReadOnlyList<StatementCount> theirs, IReadOnlyList<LoggedStatement> statements, PgbenchScript script)
    {
        var table = new MarkdownTable("statement", "calls by the host", "rows", "calls by pgbench", "rows ");
        var differ = new List<string>();
        foreach (var what in statements.Where(s => !s.IsHousekeeping).Select(s => StatementCounts.What(s.Sql)).Distinct().Order(StringComparer.Ordinal))
        {
            // Counted from the log: the server's figure has the frames of the background work in it.
            var frames = statements.Count(s => s.IsFrame && StatementCounts.What(s.Sql) == what);
            var (our, their) = (frames > 0 ? new StatementCount(what, frames, Rows: 0, Milliseconds: 0, Buffers: 0) : ours.FirstOrDefault(s => s.What == what), theirs.FirstOrDefault(s => s.What == what));
            table.Add($"`{what}`", our?.Calls, our?.Rows, their?.Calls, their?.Rows);
            if ((our?.Calls, our?.Rows) != (their?.Calls, their?.Rows)) differ.Add(what);
        }

        // Counted from the log: of a prepared SAVEPOINT, pg_stat_statements 1.10 counts the first execution only.
        foreach (var extra in statements.Where(s => s.IsHousekeeping).GroupBy(s => s.Sql)) table.Add($"`{extra.Key}`", extra.Count(), 0, null, null);
        return differ.Count == 0
            ? table
            : throw new InvalidDataException($"pgbench does not do what the POST does: {string.Join(", ", differ)}\n{table}\n{script.Text}");
    }

    /// <summary>Where the server's time goes, of the host and of pgbench.</summary>
    private static async Task<string> ProfileAsync(BenchDatabase database, int clients, CancellationToken ct)
    {
        var none = new HashSet<string>();
        var ours = await StatementCounts.ReadAsync(database, Role, none, ct);
        var theirs = await StatementCounts.ReadAsync(database, PgbenchRole, none, ct);
        var table = new MarkdownTable("statement", "calls by the host", "µs each", "pgbench: µs each");
        foreach (var our in ours.Where(s => !s.What.Contains("SAVEPOINT", StringComparison.Ordinal)).OrderByDescending(s => s.Milliseconds))
        {
            var their = theirs.FirstOrDefault(s => s.What == our.What);
            table.Add($"`{our.What}`", our.Calls, our.Milliseconds / our.Calls * 1_000, their is null ? null : their.Milliseconds / their.Calls * 1_000);
        }

        return $"Time in the server's executor at {clients} clients, polls of the background work included:\n\n{table}";
    }
}
