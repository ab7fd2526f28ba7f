using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crm.Build.Hosting;
using NodaTime;

namespace Crm.Build.Bench;

/// <summary>How many questions a second one host answers over many cases, beside pgbench asking the same of PostgreSQL.</summary>
internal static class ReadBench
{
    private const string Database = "reads";
    private const string Caller = "13811112222";
    private const int WarmUp = 30_000, Calls = 3, Own = 256;
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(20);

    /// <summary>One question: as the API is asked for the case with this number, in this project, by a machine with this key.</summary>
    private sealed record Question(string Name, Func<long, string, string, byte[]> Request);

    /// <summary>The database with the cases in it, made unless an earlier run left it.</summary>
    public static async Task<BenchDatabase> OpenAsync(BenchOptions options, BenchGround ground, CancellationToken ct)
    {
        var (database, isNew) = await ground.DatabaseAsync(Database, keep: true, ct);
        if (!isNew && await database.ScalarAsync<long>($"SELECT count(*) FROM complaints.complaints WHERE id::text LIKE '{ManyCases.IdPrefix}%'", ct) != options.Cases)
        {
            await database.DisposeAsync();
            (database, isNew) = await ground.DatabaseAsync(Database, keep: false, ct);
        }

        if (isNew) await ManyCases.WriteAsync(database, options.Cases, ground.Say, ct);
        return database;
    }

    public static async Task<string> RunAsync(BenchOptions options, BenchGround ground, CancellationToken ct)
    {
        await using var database = await OpenAsync(options, ground, ct);
        // Whoever sees phones in full leaves an entry in the audit with each case: that is another question.
        var key = await database.GrantKeyAsync(project: null, ct, without: "complaints.see-phones");
        var host = ground.NewHost(database);
        host.Start();
        await host.ReadyAsync(ct);

        // The instant of the case before the first; all others follow from it.
        var t0 = Instant.FromDateTimeUtc(await database.ScalarAsync<DateTime>(
            $"SELECT registered_at - interval '30 seconds' FROM complaints.complaints WHERE id = '{ManyCases.Id(1)}'", ct));
        Instant At(long number) => t0 + Duration.FromSeconds(30 * number);
        await EnsureCursorAsync(host, key, At, ct);
        var own = await RegisterAsync(database, host, key, ct);
        // What entries of the audit set off by themselves belongs to what is not asked for.
        await Task.Run(() => AskEach(host, At, own, key), ct);
        var (quiet, table, texts) = (await ground.Log(database).QuietAsync(ct), Contest.Table(), new List<string>());

        var round = 0;
        foreach (var question in Questions(At, own))
        {
            var (number, project) = (options.Cases / 2L, ManyCases.AnyProject());
            byte[] Next() => question.Request(Random.Shared.NextInt64(1, options.Cases + 1), ManyCases.AnyProject(), key);
            using var client = new WireClient(host.Address);
            for (var (sent, watch) = (0, Stopwatch.StartNew()); sent < WarmUp && watch.Elapsed < LongestWarmUp; sent++) client.Succeed(Next());

            var one = question.Request(number, project, key);
            var statements = await ground.Log(database).OfRequestAsync(quiet, () => Task.Run(() => client.Succeed(one), ct), ct);
            var script = Script(options, question, statements, t0, At(number), ManyCases.Id(number), own, own[(int)(number % own.Count)], project);
            var asked = statements.Where(s => !s.IsHousekeeping).Select(s => $"`{StatementCounts.What(s.Sql)}`");
            texts.Add($"- {question.Name}: {string.Join("; ", asked)}");
            foreach (var clients in options.Clients)
            {
                ground.Say($"reads: {question.Name}, {clients} client(s)");
                var meter = ground.Meter(host);
                var contest = await Contest.RunAsync(
                    options.Rounds,
                    () => Load.RunAsync(host.Address, clients, options.Round, Next, meter),
                    () => database.InsteadOfAsync(host, () => ground.Pgbench(database).RunAsync(script.InRound(round++), clients, options.Round, meter, ct), ct));
                contest.AddTo(table, question.Name, clients);
                ground.Say(string.Create(CultureInfo.InvariantCulture, $"      {contest.Api.Rate:0}/s beside {contest.Pgbench.Rate:0}/s"));
            }
        }

        await host.DisposeAsync();
        return $"""
            ### Reading

            {options.Cases.ToString("#,0", CultureInfo.InvariantCulture)} cases over fifty projects, a twentieth of them open; which page, project or case is asked for is
            chosen at random each time, the case among {Own} that the host registered itself and can open. A machine with an API key for all
            projects asks, which sees phones masked; one host. pgbench executes the same statements, several of one request in one pipelined
            batch. The lookup is for one and the same phone, which {Calls} cases have among {options.Cases:#,0} with others: the API makes its blind index anew each
            time, pgbench has it made. The host stands still while pgbench works: it would find entries of the audit that no host has written.

            {table}

            What one request asks of the database:

            {string.Join('\n', texts)}
            """;
    }

    private static void AskEach(HostProcess host, Func<long, Instant> at, IReadOnlyList<string> own, string key)
    {
        using var client = new WireClient(host.Address);
        foreach (var question in Questions(at, own)) client.Succeed(question.Request(1, ManyCases.AnyProject(), key));
    }

    private static IEnumerable<Question> Questions(Func<long, Instant> at, IReadOnlyList<string> own) =>
    [
        new("GET by id", (number, _, key) => Get($"/{own[(int)(number % own.Count)]}", key)),
        new("list of 50, any page, all projects", (number, _, key) => Get($"?limit=50&cursor={ManyCases.Cursor(at(number), ManyCases.Id(number))}", key)),
        new("list of 50, first page of a project", (_, project, key) => Get($"?limit=50&project={project}", key)),
        new("lookup by phone", (_, _, key) => WireClient.Request("POST", "/api/v1/complaints/lookup", key, $$"""{"phone":"{{Caller}}"}""")),
    ];

    private static byte[] Get(string what, string key) => WireClient.Request("GET", $"/api/v1/complaints{what}", key);

    /// <summary>Cases whose words and phones are sealed by the host itself, some of them of one caller; those of the other cases are made by SQL.</summary>
    private static async Task<IReadOnlyList<string>> RegisterAsync(BenchDatabase database, HostProcess host, string key, CancellationToken ct)
    {
        var made = $"SELECT id::text FROM complaints.complaints WHERE id::text NOT LIKE '{ManyCases.IdPrefix}%' ORDER BY id OFFSET {Calls}";
        if ((await database.RowsAsync(made, ct)).Count == 0)
        {
            await Task.Run(
                () =>
                {
                    using var client = new WireClient(host.Address);
                    for (var call = 0; call < Calls; call++)
                        client.Succeed(WireClient.Request("POST", "/api/v1/complaints", key, $$$"""{"project":"p101","kind":"complaint","channel":"hotline","content":"The lift stops.","customer":{"name":"Li","phone":"{{{Caller}}}"}}"""));
                    for (var other = 0; other < Own; other++) client.Succeed(PostBench.Request(key));
                },
                ct);
            await database.ExecuteAsync("VACUUM ANALYZE complaints.complaints, complaints.complaint_records", ct);
        }

        return [.. (await database.RowsAsync(made, ct)).Select(row => (string)row[0]!)];
    }

    private static PgbenchScript Script(
        BenchOptions options, Question question, IReadOnlyList<LoggedStatement> statements, Instant t0, Instant at, string id, IReadOnlyList<string> own, string ownId, string project)
    {
        var instant = at.ToDateTimeUtc();
        var entries = MadeIds.OfEntries(statements);
        var writer = new ScriptWriter((statement, position) => statement.Parameters[position] switch
        {
            null => null,
            var value when value == ownId => $"('{{{string.Join(',', own)}}}'::uuid[])[:own::int]",
            var value when value == id => "(:ids::text || :case::text)::uuid",
            var value when value == project => "('p' || :k::text)",
            var value when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                && time.UtcDateTime == instant => "(:t0::timestamptz + :i::int * interval '30 seconds')",
            var value => entries.ExpressionOf(value),
        });
        if (statements.Count == 0) throw new InvalidDataException($"{question.Name}: no statement was seen in the server's log.");
        return writer.Write(
            $"{entries.Head}\n\\set own random(1, {own.Count})\n{ManyCases.Choose(options.Cases)}", statements, MadeIds.None, ("ids", ManyCases.IdPrefix), ("t0", $"{t0.ToDateTimeUtc():yyyy-MM-dd HH:mm:ss}+00"));
    }

    /// <summary>Cursors are made here for pages deep in the list: they must be what the API itself gives out.</summary>
    private static Task EnsureCursorAsync(HostProcess host, string key, Func<long, Instant> at, CancellationToken ct) => Task.Run(
        () =>
        {
            using var client = new WireClient(host.Address);
            client.Succeed(WireClient.Request("GET", "/api/v1/complaints?limit=1", key));
            var body = client.Body[client.Body.IndexOf('{')..(client.Body.LastIndexOf('}') + 1)];
            var page = JsonDocument.Parse(body).RootElement;
            var id = page.GetProperty("items")[0].GetProperty("id").GetString()!;
            var (given, made) = (page.GetProperty("next").GetString(), ManyCases.Cursor(at(ManyCases.NumberOf(id)), id));
            if (given != made) throw new InvalidDataException($"The API's cursors are made differently: it gave out {given}, the bench makes {made}.");
        },
        ct);
}
