using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crm.Build.Hosting;

namespace Crm.Build.Bench;

/// <summary>How many callers a second one host tells an agent about, among many customers, beside pgbench asking the same of PostgreSQL.</summary>
internal static class CustomerBench
{
    private const string Database = "customers", Project = "p101";
    private const int Callers = 64, CasesEach = 3, WarmUp = 30_000;
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(20);

    /// <summary>Somebody who can call: made known by the host itself.</summary>
    private sealed record Caller(string Phone, string Customer, string Index);

    public static async Task<string> RunAsync(BenchOptions options, BenchGround ground, CancellationToken ct)
    {
        await using var database = await OpenAsync(options, ground, ct);
        var key = await database.GrantKeyAsync(project: null, ct);
        var host = ground.NewHost(database);
        host.Start();
        await host.ReadyAsync(ct);
        var callers = await CallersAsync(database, host, key, ground.Say, ct);
        var quiet = await ground.Log(database).QuietAsync(ct);

        byte[] Next() => LookUp(callers[Random.Shared.Next(Callers)].Phone, key);
        using var client = new WireClient(host.Address);
        for (var (sent, watch) = (0, Stopwatch.StartNew()); sent < WarmUp && watch.Elapsed < LongestWarmUp; sent++) client.Succeed(Next());

        var one = callers[Callers / 2];
        var statements = await ground.Log(database).OfRequestAsync(quiet, () => Task.Run(() => client.Succeed(LookUp(one.Phone, key)), ct), ct);
        var plans = await PlansAsync(database, statements, ct);
        var (script, table, round) = (Script(statements, callers, one), Contest.Table(), 0);
        foreach (var clients in options.Clients)
        {
            ground.Say($"customers: {clients} client(s)");
            var meter = ground.Meter(host);
            var contest = await Contest.RunAsync(
                options.Rounds,
                () => Load.RunAsync(host.Address, clients, options.Round, Next, meter),
                () => database.InsteadOfAsync(host, () => ground.Pgbench(database).RunAsync(script.InRound(round++), clients, options.Round, meter, ct), ct));
            contest.AddTo(table, "customers/lookup", clients);
            ground.Say(string.Create(CultureInfo.InvariantCulture, $"      {contest.Api.Rate:0}/s beside {contest.Pgbench.Rate:0}/s, ratio {contest.Api.Rate / contest.Pgbench.Rate:0.00}"));
        }

        await host.DisposeAsync();
        return $"""
            ### Who calls

            `POST /customers/lookup` among {options.Cases.ToString("#,0", CultureInfo.InvariantCulture)} customers, each with a phone, a home, a project, a case and a follow-up. One of {Callers} callers, who have
            {CasesEach} cases each and a follow-up, is chosen at random each time; one host, a machine's key for all projects. pgbench executes the same statements in one pipelined batch,
            the entry of the audit included, for callers chosen likewise: the API makes the blind index anew each time and opens what is sealed, pgbench has the indexes made.
            The host stands still while pgbench works: it would find entries of the audit that no host has written.

            {table}

            What one lookup asks of the database:

            {plans}
            """;
    }

    /// <summary>The database with cases and customers in it, made unless an earlier run left it.</summary>
    private static async Task<BenchDatabase> OpenAsync(BenchOptions options, BenchGround ground, CancellationToken ct)
    {
        var (database, isNew) = await ground.DatabaseAsync(Database, keep: true, ct);
        if (!isNew && await database.ScalarAsync<long>($"SELECT count(*) FROM organization.customers WHERE id::text LIKE '{ManyCases.CustomerIdPrefix}%'", ct) != options.Cases)
        {
            await database.DisposeAsync();
            (database, isNew) = await ground.DatabaseAsync(Database, keep: false, ct);
        }

        if (!isNew) return database;
        await ManyCases.WriteAsync(database, options.Cases, ground.Say, ct);
        await ManyCustomers.WriteAsync(database, ground.Say, ct);
        return database;
    }

    /// <summary>Those whose phones are sealed and indexed by the host, with their cases and follow-ups: linked as every customer's are.</summary>
    private static async Task<IReadOnlyList<Caller>> CallersAsync(BenchDatabase database, HostProcess host, string key, Action<string> say, CancellationToken ct)
    {
        var made = $"SELECT count(*) FROM organization.customers WHERE id::text NOT LIKE '{ManyCases.CustomerIdPrefix}%'";
        if (await database.ScalarAsync<long>(made, ct) == 0)
        {
            say("      making callers known");
            await Task.Run(() => RegisterCallers(host, key), ct);
        }

        await database.UntilAsync($"SELECT count(*) >= {Callers} FROM followups.follow_ups WHERE customer_id::text NOT LIKE '{ManyCases.CustomerIdPrefix}%'", "The callers' follow-ups were not linked", ct);
        await database.ExecuteAsync("VACUUM ANALYZE organization.customers, organization.customer_phones, complaints.complaints, followups.follow_ups", ct);
        var rows = await database.RowsAsync(
            $"""
             SELECT c.id::text, p.phone_index::text FROM organization.customers c JOIN organization.customer_phones p ON p.customer_id = c.id
             WHERE c.id::text NOT LIKE '{ManyCases.CustomerIdPrefix}%'
             """,
            ct);
        var indexes = rows.ToDictionary(row => (string)row[0]!, row => (string)row[1]!);
        using var client = new WireClient(host.Address);
        return
        [
            .. Enumerable.Range(0, Callers).Select(Phone).Select(phone =>
            {
                client.Succeed(LookUp(phone, key));
                var id = Answer(client).GetProperty("customer").GetProperty("id").GetString()!;
                return new Caller(phone, id, indexes[id]);
            }),
        ];
    }

    private static void RegisterCallers(HostProcess host, string key)
    {
        using var client = new WireClient(host.Address);
        for (var caller = 0; caller < Callers; caller++)
        {
            for (var call = 0; call < CasesEach; call++)
            {
                Post("complaints", $$$"""{"project":"{{{Project}}}","kind":"complaint","channel":"hotline","content":"The lift stops.","building":"3","unit":"{{{caller}}}","customer":{"name":"Caller {{{caller}}}","phone":"{{{Phone(caller)}}}"}}""");
                if (call > 0) continue;
                var id = Answer(client).GetProperty("id").GetString();
                Post($"complaints/{id}/acceptance", "{}");
                Post($"complaints/{id}/resolution", """{"summary":"Repaired."}""");
            }
        }

        void Post(string path, string body) => client.Succeed(WireClient.Request("POST", $"/api/v1/{path}", key, body));
    }

    private static string Phone(int caller) => $"138111{caller:00000}";

    private static byte[] LookUp(string phone, string key) => WireClient.Request("POST", "/api/v1/customers/lookup", key, $$"""{"phone":"{{phone}}"}""");

    private static JsonElement Answer(WireClient client) => JsonDocument.Parse(client.Body[client.Body.IndexOf('{')..(client.Body.LastIndexOf('}') + 1)]).RootElement;

    /// <summary>Each statement and the indexes it went by.</summary>
    /// <exception cref="InvalidDataException">One of them read a table from end to end.</exception>
    private static async Task<string> PlansAsync(BenchDatabase database, IReadOnlyList<LoggedStatement> statements, CancellationToken ct)
    {
        var lines = new List<string>();
        foreach (var statement in statements.Where(s => !s.IsHousekeeping))
        {
            if (statement.Sql.StartsWith("INSERT", StringComparison.Ordinal))
            {
                lines.Add($"- `{StatementCounts.What(statement.Sql)}`");
                continue;
            }

            foreach (var isGeneric in new[] { false, true })
            {
                var plan = await PlanBench.ExplainAsync(database, statement, isGeneric, ct);
                if (plan.SeqScans.Count > 0) throw new InvalidDataException($"{StatementCounts.What(statement.Sql)} reads {string.Join(", ", plan.SeqScans)} from end to end.");
                if (!isGeneric)
                    lines.Add(string.Create(CultureInfo.InvariantCulture, $"- `{StatementCounts.What(statement.Sql)}` by {plan.Indexes}: {plan.RowsRead} rows read, {plan.Buffers} buffers, {plan.Milliseconds:0.00} ms"));
            }
        }

        return string.Join('\n', lines);
    }

    /// <summary>The statements of one lookup, for a caller chosen at random: their values are in the text, as in an array that knows all of them.</summary>
    private static PgbenchScript Script(IReadOnlyList<LoggedStatement> statements, IReadOnlyList<Caller> callers, Caller one)
    {
        if (statements.Count(s => !s.IsHousekeeping) < 4) throw new InvalidDataException($"A lookup is to ask for customer, cases, follow-ups and an entry of the audit; seen were {statements.Count} statements.");
        string Of(string type, Func<Caller, string> value) => $"('{{{string.Join(',', callers.Select(c => $"\"{value(c)}\""))}}}'::{type}[])[:k::int]";
        var (index, customer, text) = (Of("bytea", c => c.Index.Replace("\\", "\\\\")), Of("uuid", c => c.Customer), Of("text", c => c.Customer));
        var entries = MadeIds.OfEntries(statements);
        var writer = new ScriptWriter((statement, at) => statement.Parameters[at] switch
        {
            null => null,
            var value when value == one.Index => index,
            var value when value == one.Customer => statement.Sql.Contains("audit_entries", StringComparison.Ordinal) ? text : customer,
            var value => entries.ExpressionOf(value),
        });
        return writer.Write($"{entries.Head}\n\\set k random(1, {callers.Count})", statements, MadeIds.None);
    }
}
