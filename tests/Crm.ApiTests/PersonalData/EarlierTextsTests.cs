using Crm.ApiTests.Infrastructure;
using Crm.Host.Commands;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-12: names and words from before they were sealed are sealed by the update, and read as before.</summary>
[Trait("Rule", "ORG-12")]
public sealed class EarlierTextsTests(TestServer server)
{
    private const int Cases = 1_200;
    private const string Case = "01a2019d-863d-7dfc-961d-000000000007", FollowUp = "01a2019d-863d-7dfc-961d-e804b66d7934", Phone = "+8613355550007";

    [Fact]
    public async Task What_stood_open_is_sealed_by_migrate_and_read_as_it_was()
    {
        var (database, ct) = (await server.CloneAsync(), TestContext.Current.CancellationToken);
        var (owner, keys) = (server.Postgres.MigratorConnectionString(database), KeyRing.Open(server.Secrets, create: false));
        // Back to where the tables were before; what the demo company has of its own is in none of them.
        foreach (var (schema, last) in new[] { ("complaints", "StaffFigures"), ("followups", "StaffFigures") })
        {
            await using var db = Modules.Registered<MigratedSchema>().Single(s => s.Schema == schema).ConnectAs(owner);
            var migrator = db.GetService<IMigrator>();
            await migrator.MigrateAsync(db.GetService<IMigrationsAssembly>().Migrations.Keys.Single(k => k.EndsWith($"_{last}", StringComparison.Ordinal)), ct);
        }

        await ExecuteAsync(owner, $"""
            INSERT INTO complaints.complaints (id, number, project, kind, severity, status, cycle, registered_at, has_written_reply, version, event_sequence)
            SELECT ('01a2019d-863d-7dfc-961d-' || lpad(i::text, 12, '0'))::uuid, 'TS' || i, 'demo', 'complaint', 'minor', 'registered', 1, now(), false, 1, 0 FROM generate_series(1, {Cases}) i;
            INSERT INTO complaints.complaint_records (complaint_id, number, project, kind, channel, category, proposed_severity, content, demand, building, unit, customer_name, received_at, registered_at, registered_by, written_reply_only)
            SELECT id, number, 'demo', 'complaint', 'hotline', 'other', 'minor', 'early-content ' || number, 'early-demand', 'early-building', 'early-unit', 'early-name', now(), now(), 'demo.admin', false FROM complaints.complaints;
            INSERT INTO complaints.complaint_steps (id, complaint_id, cycle, kind, at, by, status, severity, text, how) SELECT gen_random_uuid(), id, 1, 'registered', now(), 'demo.admin', 'registered', 'minor', 'early-text', 'early-how' FROM complaints.complaints;
            INSERT INTO complaints.complaint_supplements (id, complaint_id, at, by, content) SELECT gen_random_uuid(), id, now(), 'demo.admin', 'early-supplement' FROM complaints.complaints;
            INSERT INTO followups.follow_ups (id, number, project, kind, origin_id, origin_number, origin_cycle, round, major, assignee, state, planned_at, due_at, attempt_count, version, event_sequence)
            VALUES ('{FollowUp}', 'HF1', 'demo', 'complaint', '{Case}', 'TS7', 1, 1, false, 'demo.officer', 'completed', now(), now(), 1, 1, 0);
            INSERT INTO followups.visits (id, follow_up_id, at, by, counted, channel, reached, satisfaction, shortcomings, suggestions, remarks, signature)
            VALUES (gen_random_uuid(), '{FollowUp}', now(), 'demo.officer', true, 'inPerson', true, 5, 'early-shortcomings', 'early-suggestions', 'early-remarks', 'early-signature')
            """);
        var closed = keys.Seal(Phone, $"complaints.complaint_records.phone:{Case}");
        // As it was then: without the version of a key.
        await ExecuteAsync(owner, $"UPDATE complaints.complaint_records SET phone_sealed = '\\x{Convert.ToHexString(closed)}', phone_index = '\\x{Convert.ToHexString(keys.Index(Phone)[1..])}' WHERE complaint_id = '{Case}'");

        for (var run = 1; run <= 2; run++) await MigrateCommand.MigrateAsync(owner, keys, "crm", demo: false, ct);
        foreach (var table in new[] { "complaints.complaint_records", "complaints.complaint_steps", "complaints.complaint_supplements", "followups.visits" })
            (await ScalarAsync(owner, $"SELECT count(*) FROM {table} t WHERE t::text LIKE '%early-%' OR t::text LIKE '%' || encode('early-', 'hex') || '%'")).ShouldBe(0, table);
        (await ScalarAsync(owner, "SELECT count(*) FROM information_schema.columns WHERE column_name LIKE 'open\\_%' AND table_schema IN ('complaints', 'followups')")).ShouldBe(0);
        (await ScalarAsync(owner, "SELECT count(*) FROM complaints.complainants")).ShouldBe(Cases);

        await using var host = await HostProgram.StartAsync(
            ("ASPNETCORE_ENVIRONMENT", "Development"), ("Crm__Database", server.Postgres.HostConnectionString(database)), ("Crm__Secrets", server.Secrets), ("Crm__PoolLimit", "2"));
        var admin = host.Caller($"Bearer {(await host.Caller(authorization: null).PostAsync("/dev/token", new { staff = "demo.admin" }, key: null)).Text("token")}");
        var seen = (await admin.GetAsync($"/api/v1/complaints/{Case}")).Is(200);
        foreach (var text in new[] { "early-content TS7", "early-demand", "early-building", "early-unit", "early-name", "early-supplement", Phone }) seen.Content.ShouldContain(text);
        (await admin.ListAsync($"/api/v1/complaints/{Case}/history"))[0].ShouldSatisfyAllConditions(s => s.GetProperty("text").GetString().ShouldBe("early-text"), s => s.GetProperty("how").GetString().ShouldBe("early-how"));
        var visit = (await admin.GetAsync($"/api/v1/follow-ups/{FollowUp}")).Is(200).Content;
        foreach (var text in new[] { "early-shortcomings", "early-suggestions", "early-remarks", "early-signature" }) visit.ShouldContain(text);
        (await admin.PostAsync("/api/v1/complaints/lookup", new { phone = Phone }, key: null)).Is(200).Json.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(Guid.Parse(Case));
    }

    private static async Task ExecuteAsync(string owner, string sql)
    {
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> ScalarAsync(string owner, string sql)
    {
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
