using System.Buffers.Text;
using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Text;

namespace Crm.Build.Bench;

/// <summary>
/// Cases and follow-ups, one of each for each number from 1 on, 30 s apart until the moment they are made, over fifty projects: as if
/// a year had gone by. The youngest twentieth is open, some of it overdue; the rest is done with. Written by SQL, past the hosts.
/// </summary>
internal static class ManyCases
{
    private const long First = 100_000_000_000;
    private const int LeastProject = 101, Projects = 50;
    private static readonly InstantPattern Instants = InstantPattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss;FFFFFF'Z'");

    /// <summary>What the ids of cases begin with, up to twelve digits.</summary>
    public const string IdPrefix = "0190a000-0000-7000-8000-";

    /// <summary>What the ids of customers begin with: each case is one's.</summary>
    public const string CustomerIdPrefix = "0190c000-0000-7000-8000-";

    private const string FollowUpIdPrefix = "0190b000-0000-7000-8000-";

    /// <summary>The id of the case with this number.</summary>
    public static string Id(long number) => $"{IdPrefix}{First + number}";

    /// <summary>The id of the follow-up with this number.</summary>
    public static string FollowUpId(long number) => $"{FollowUpIdPrefix}{First + number}";

    /// <summary>The number of the case with this id.</summary>
    public static long NumberOf(string id) => long.Parse(id[IdPrefix.Length..], CultureInfo.InvariantCulture) - First;

    /// <summary>A project of these cases, any of them alike.</summary>
    public static string AnyProject() => $"p{Random.Shared.Next(LeastProject, LeastProject + Projects)}";

    /// <summary>pgbench commands that choose a case as :i with its id's digits as :id, and a project as :k.</summary>
    public static string Choose(int cases) => $"""
        \set i random(1, {cases})
        \set case {First} + :i
        \set k random({LeastProject}, {LeastProject + Projects - 1})
        """;

    /// <summary>The cursor of a list sorted by time behind this row, as the API gives it out.</summary>
    public static string Cursor(Instant at, string id) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"at":"{{Instants.Format(at)}}","id":"{{id}}"}"""));

    /// <summary>Writes them into an empty database; minutes for a million.</summary>
    public static async Task WriteAsync(BenchDatabase database, int cases, Action<string> say, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);

        // One who restores a dump does the same: keys are checked afterwards, by being right.
        await ExecuteAsync("SET session_replication_role = replica; SET synchronous_commit = off");
        foreach (var (what, sql) in Tables(cases))
        {
            say($"      writing {what}");
            await ExecuteAsync(sql);
        }

        await ExecuteAsync("RESET session_replication_role; RESET synchronous_commit");
        say("      vacuuming");
        await ExecuteAsync("VACUUM (ANALYZE)");
        await ExecuteAsync("CHECKPOINT");

        async Task ExecuteAsync(string sql)
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>A number from 0 to 65535 that belongs to i and to nothing else, in SQL: projects, kinds and states are independent.</summary>
    private static string Any(int seed) => $"(hashint8extended(i, {seed}) & 65535)::int";

    private static IEnumerable<(string What, string Sql)> Tables(int cases)
    {
        var model = string.Create(CultureInfo.InvariantCulture, $"""
            CREATE UNLOGGED TABLE bench_cases AS
            SELECT i, ('{IdPrefix}' || ({First} + i))::uuid AS id, 'BX' || to_char({First} + i, 'FM000000000000000') AS number,
                   'p' || ({LeastProject} + {Any(1)} % {Projects}) AS project,
                   (ARRAY['complaint','complaint','complaint','complaint','complaint','complaint','repair','repair','repair','inquiry'])[1 + {Any(2)} % 10] AS kind,
                   (ARRAY['minor','minor','minor','minor','minor','minor','minor','ordinary','ordinary','important'])[1 + {Any(3)} % 10] AS severity,
                   CASE WHEN i > {cases} - {cases} / 20 THEN (ARRAY['registered','registered','accepted','accepted','accepted'])[1 + {Any(4)} % 5]
                        ELSE (ARRAY['resolved','verified','withdrawn','archived','archived','archived','archived','archived','archived','archived'])[1 + {Any(4)} % 10]
                   END AS status,
                   date_trunc('second', now()) - ({cases} - i) * interval '30 seconds' AS registered_at,
                   i > {cases} - {cases} / 20 AS open, {Any(5)} % 10 = 0 AS late
            FROM generate_series(1, {cases}) AS i
            """);
        yield return ("projects", $"""
            INSERT INTO organization.projects (code, name, company, time_zone, pack, service_desk, id, version, event_sequence)
            SELECT 'p' || i, 'Project ' || i, company, time_zone, pack, service_desk, gen_random_uuid(), 1, 0 FROM organization.projects, generate_series({LeastProject}, {LeastProject + Projects - 1}) AS i WHERE code = 'demo';
            INSERT INTO complaints.categories (project, code, parent, name_en, name_zh, incident)
            SELECT 'p' || i, code, parent, name_en, name_zh, incident FROM complaints.categories, generate_series({LeastProject}, {LeastProject + Projects - 1}) AS i WHERE project = 'demo';
            INSERT INTO organization.staff (code, name, subject, active, id, version, event_sequence) SELECT 'bench.s' || i, 'Staff ' || i, 'bench.s' || i, true, gen_random_uuid(), 1, 0 FROM generate_series(1, 200) AS i;
            INSERT INTO organization.role_assignments (id, staff, role, project) SELECT gen_random_uuid(), 'bench.s1', 'areaManager', 'p' || i FROM generate_series(107, 111) AS i;
            INSERT INTO organization.role_assignments (id, staff, role, project) VALUES (gen_random_uuid(), 'bench.s2', 'areaManager', 'p107');
            UPDATE organization.directory_version SET version = version + 1
            """);
        yield return ("the model", model);
        yield return ("cases", $"""
            INSERT INTO complaints.complaints (id, number, project, kind, severity, status, cycle, registered_at, handler, customer_id, earliest_due_at, has_written_reply, version, event_sequence)
            SELECT id, number, project, kind, CASE WHEN {Any(6)} % 100 = 0 THEN 'major' ELSE severity END, status, 1, registered_at, CASE WHEN status <> 'registered' THEN 'bench.s' || (1 + {Any(7)} % 200) END, ('{CustomerIdPrefix}' || ({First} + i))::uuid,
                   CASE WHEN open AND kind = 'complaint' THEN CASE WHEN late THEN registered_at + interval '24 hours' ELSE now() + interval '30 days' + i * interval '1 second' END END,
                   false, 2, 2
            FROM bench_cases ORDER BY i
            """);
        yield return ("records", """
            INSERT INTO complaints.complaint_records (complaint_id, number, project, kind, channel, category, proposed_severity, content, demand, customer_name, left_phone,
                                                      received_at, registered_at, registered_by, source_system, source_ticket, written_reply_only)
            SELECT id, number, project, kind, 'hotline', (ARRAY['lifts','repair','cleaning','noise','fees'])[1 + i % 5], severity,
                   convert_to('Case ' || i || ': the lift in building ' || i % 40 || ' stopped between floors again this morning, for the second time this week.', 'UTF8'), 'Repair it soon.'::bytea,
                   convert_to('Customer ' || i % 300000, 'UTF8'), true, registered_at, registered_at, 'bench',
                   CASE WHEN i % 2 = 0 THEN 'hotline-1' END, CASE WHEN i % 2 = 0 THEN 'T-' || i END, false
            FROM bench_cases ORDER BY i
            """);
        yield return ("complainants", """
            INSERT INTO complaints.complainants (complaint_id, sealed_key, phone_index, building, unit)
            SELECT id, '\x01'::bytea || sha256(i::text::bytea) || sha256(id::text::bytea), '\x01'::bytea || sha256((i % 300000)::text::bytea), (i % 40)::text, (i % 2000)::text FROM bench_cases ORDER BY i
            """);
        yield return ("clocks", """
            INSERT INTO complaints.clocks (id, subject_id, project, cycle, kind, started_at, budget, consumed, warn_at, due_at, next_rung_at, ended_at, "end", ended_by, policy, policy_version)
            SELECT gen_random_uuid(), id, project, 1, clock, registered_at, interval '24 hours', interval '0', registered_at + interval '18 hours', registered_at + interval '24 hours',
                   CASE WHEN open AND NOT late THEN now() + interval '30 days' + i * interval '1 second' END, CASE WHEN NOT open THEN registered_at + interval '12 hours' END,
                   CASE WHEN NOT open THEN 'met' END, CASE WHEN NOT open THEN 'resolution' END, 'complaints.feedback', 0
            FROM bench_cases, unnest(ARRAY['feedback', 'escalation']) AS clock WHERE kind = 'complaint' ORDER BY i
            """);
        yield return ("steps", """
            INSERT INTO complaints.complaint_steps (id, complaint_id, cycle, kind, at, by, status, severity)
            SELECT gen_random_uuid(), id, 1, 'registered', registered_at, 'bench', 'registered', severity FROM bench_cases ORDER BY i
            """);
        yield return ("follow-ups", $"""
            INSERT INTO followups.follow_ups (id, number, project, kind, origin_id, origin_number, origin_cycle, customer_id, round, major, assignee, state, planned_at, due_at, attempt_count,
                                              ended_at, satisfaction, version, event_sequence)
            SELECT ('{FollowUpIdPrefix}' || ({First} + i))::uuid, 'H' || number, project, 'complaint', id, number, 1, ('{CustomerIdPrefix}' || ({First} + i))::uuid, 1, false, 'bench.s' || (1 + {Any(8)} % 200),
                   CASE WHEN open THEN 'planned' ELSE (ARRAY['completed','completed','completed','completed','unreachable','cancelled'])[1 + {Any(9)} % 6] END,
                   registered_at + interval '3 days', registered_at + interval '4 days', 1, CASE WHEN NOT open THEN registered_at + interval '4 days' END,
                   CASE WHEN NOT open THEN 1 + i % 5 END, 2, 2
            FROM bench_cases ORDER BY i
            """);
        yield return ("nothing more", "DROP TABLE bench_cases");
    }
}
