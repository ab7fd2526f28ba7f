using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Build.Hosting;
using NodaTime;
using Npgsql;

namespace Crm.Build.Bench;

/// <summary>How PostgreSQL answers every list with every filter its users have, asked by a host itself: index, rows read, buffers.</summary>
internal static partial class PlanBench
{
    private const int Page = 51;

    // Named in the seed: sees all; five projects; one project.
    private static readonly (string Staff, string Sees)[] Callers =
        [("demo.admin", "all"), ("bench.s1", "five projects"), ("bench.s2", "one project")];

    private static readonly string[] CaseFilters =
    [
        "", "status=registered", "status=archived", "severity=major", "kind=inquiry", "overdue=true", "overdue=false",
        "sourceSystem=hotline-1", "sourceSystem=hotline-1&sourceTicket=ticket", "sourceSystem=nobody",
        "status=accepted&severity=major", "status=accepted&overdue=true",
        "project=p107", "project=p107&status=registered", "project=p107&status=archived", "project=p107&severity=major",
        "project=p107&kind=inquiry", "project=p107&overdue=true", "project=p107&overdue=false", "project=p107&sourceSystem=hotline-1",
        "project=p107&sourceSystem=hotline-1&sourceTicket=ticket", "project=p107&status=accepted&severity=major",
        "project=p107&status=accepted&overdue=true",
        "cursor", "status=archived&cursor", "project=p107&cursor", "project=p107&status=archived&cursor", "project=p107&severity=minor&cursor",
    ];

    private static readonly string[] FollowUpFilters =
    [
        "", "state=planned", "state=completed", "assignee=bench.s42", "assignee=bench.s42&state=planned", "origin", "dueBefore",
        "state=planned&dueBefore",
        "project=p107", "project=p107&state=planned", "project=p107&state=completed", "project=p107&assignee=bench.s42",
        "project=p107&assignee=bench.s42&state=planned", "project=p107&state=planned&dueBefore",
        "cursor", "state=completed&cursor", "project=p107&cursor", "project=p107&state=completed&cursor",
        "assignee=bench.s42&state=completed&cursor",
    ];

    public static async Task<string> RunAsync(BenchOptions options, BenchGround ground, CancellationToken ct)
    {
        await using var database = await ReadBench.OpenAsync(options, ground, ct);
        var host = ground.NewHost(database, isDevelopment: true);
        host.Start();
        await host.ReadyAsync(ct);

        var middle = ManyCases.Id(options.Cases / 2);
        var at = Instant.FromDateTimeUtc(await database.ScalarAsync<DateTime>(
            $"SELECT registered_at FROM complaints.complaints WHERE id = '{middle}'", ct));
        var due = at + Duration.FromDays(4);
        var (caseCursor, followUpCursor) = (ManyCases.Cursor(at, middle), ManyCases.Cursor(due, ManyCases.FollowUpId(options.Cases / 2)));
        var ticket = await database.ScalarAsync<string>(
            "SELECT source_ticket FROM complaints.complaint_records WHERE project = 'p107' AND source_ticket IS NOT NULL ORDER BY number DESC LIMIT 1", ct);
        var cases = CaseFilters.Select(f => (
            "complaints", Filter: f, Query: f.Replace("cursor", $"cursor={caseCursor}").Replace("=ticket", $"={ticket}")));
        var followUps = FollowUpFilters.Select(f => ("follow-ups", Filter: f, Query: f.Replace("origin", $"origin={middle}")
            .Replace("dueBefore", $"dueBefore={due:uuuu-MM-ddTHH:mm:ss}Z").Replace("cursor", $"cursor={followUpCursor}")));
        var table = new MarkdownTable(
            "list", "filter", "sees", "index", "rows read", "buffers", "ms", "generic plan: rows read", "buffers ", "look here");
        foreach (var (staff, sees) in Callers)
        {
            foreach (var (list, filter, statement) in await AskAsync(ground, database, host, staff, [.. cases, .. followUps], ct))
            {
                var plan = await ExplainAsync(database, statement, isGeneric: false, ct);
                var generic = await ExplainAsync(database, statement, isGeneric: true, ct);
                table.Add(
                    list, filter, sees, plan.Indexes, plan.RowsRead, plan.Buffers, plan.Milliseconds, generic.RowsRead, generic.Buffers,
                    Flags(plan, generic));
            }
        }

        await host.DisposeAsync();
        return $"""
            ### How lists are answered

            Each list with each filter, first pages and (`cursor`) pages from the middle, over {options.Cases.ToString("#,0", CultureInfo.InvariantCulture)} cases
            and as many follow-ups: the statement that the host sent, by `EXPLAIN (ANALYZE, BUFFERS)`, planned for its values and once more as
            the generic plan that a prepared statement may come to. A page is {Page - 1} rows; the third column says in which projects the caller
            may read.

            {table}
            """;
    }

    /// <summary>Asks all, and says which statement each question became.</summary>
    private static async Task<IReadOnlyList<(string List, string Filter, LoggedStatement Statement)>> AskAsync(
        BenchGround ground, BenchDatabase database, HostProcess host, string staff,
        IReadOnlyList<(string List, string Filter, string Query)> questions, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = host.Address, Timeout = TimeSpan.FromMinutes(2) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(http, staff, ct));
        ground.Say($"plans: {questions.Count} lists as {staff}");
        var seen = await ground.Log(database).CaptureAsync(
            async () =>
            {
                foreach (var (list, _, query) in questions)
                {
                    using var answer = await http.GetAsync($"/api/v1/{list}?{query}", ct);
                    if (!answer.IsSuccessStatusCode)
                        throw new InvalidDataException($"GET {list}?{query}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(ct)}");
                }
            },
            ct);
        var statements = seen.Where(s => ListStatement().IsMatch(s.Sql)).ToList();
        return statements.Count == questions.Count
            ? [.. questions.Zip(statements, (q, s) => (q.List, q.Filter, s))]
            : throw new InvalidDataException($"{questions.Count} lists were asked for, {statements.Count} statements were seen.");
    }

    private static async Task<string> TokenAsync(HttpClient http, string staff, CancellationToken ct)
    {
        using var answer = await http.PostAsJsonAsync("/dev/token", new { staff }, ct);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("token").GetString()!;
    }

    /// <summary>How PostgreSQL answers a statement with these values; generic as the plan that a prepared statement may come to.</summary>
    public static async Task<Plan> ExplainAsync(BenchDatabase database, LoggedStatement statement, bool isGeneric, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var values = string.Join(", ", statement.Parameters.Select(p => p is null ? "NULL" : $"'{p.Replace("'", "''")}'"));
        var execute = statement.Parameters.Count == 0 ? "EXECUTE list" : $"EXECUTE list({values})";
        await using var prepare = new NpgsqlCommand(
            $"SET plan_cache_mode = {(isGeneric ? "force_generic_plan" : "force_custom_plan")}; PREPARE list AS {statement.Sql}", connection);
        await prepare.ExecuteNonQueryAsync(ct);
        await using var explain = new NpgsqlCommand($"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {execute}", connection);
        var plan = Plan.Read((string)(await explain.ExecuteScalarAsync(ct))!);
        await using var forget = new NpgsqlCommand("DEALLOCATE list; RESET ALL", connection);
        await forget.ExecuteNonQueryAsync(ct);
        return plan;
    }

    private static string Flags(Plan plan, Plan generic)
    {
        var flags = new List<string>();
        if (plan.SeqScans.Count > 0) flags.Add($"Seq Scan on {string.Join(", ", plan.SeqScans)}");
        if (plan.Sorted > Page) flags.Add(string.Create(CultureInfo.InvariantCulture, $"sorts {plan.Sorted:#,0} rows"));
        if (plan.RowsRead > 10 * Page) flags.Add("reads more than ten pages");
        if (generic.Buffers > 10 * Math.Max(plan.Buffers, Page)) flags.Add("the generic plan is worse");
        return flags.Count == 0 ? "" : $"**{string.Join("; ", flags)}**";
    }

    [GeneratedRegex(@"FROM (complaints\.complaints|\(\s*SELECT.*complaints\.complaints|followups\.follow_ups).*LIMIT", RegexOptions.Singleline)]
    private static partial Regex ListStatement();
}
