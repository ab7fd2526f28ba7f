using Crm.ApiTests.Infrastructure;
using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>PostgreSQL itself keeps each module inside its schema, and what was written once as it was written.</summary>
public sealed class BoundaryTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const string Denied = PostgresErrorCodes.InsufficientPrivilege;

    private IReadOnlyList<MigratedSchema> Schemas => [.. system.Host.Services.GetServices<MigratedSchema>()];

    [Fact]
    public async Task A_modules_role_can_neither_read_nor_write_in_any_other_modules_schema()
    {
        var tried = 0;
        foreach (var own in Schemas)
        {
            await using var connection = await system.OpenRoleAsync(own.Schema);
            foreach (var other in Schemas.Where(s => s.Schema != own.Schema))
            {
                foreach (var table in await TablesAsync(other.Schema))
                {
                    foreach (var statement in new[]
                             {
                                 $"SELECT 1 FROM {table} LIMIT 1", $"INSERT INTO {table} DEFAULT VALUES", $"DELETE FROM {table} WHERE false", $"TRUNCATE {table}",
                                 $"LOCK TABLE {table} IN ACCESS SHARE MODE", $"COPY {table} TO STDOUT",
                             })
                        (await StateAsync(connection, statement)).ShouldBe(Denied, $"{own.Schema}: {statement}");
                    tried++;
                }

                foreach (var statement in new[] { $"CREATE TABLE {other.Schema}.mine (id int)", $"CREATE TABLE {own.Schema}.mine (id int)", $"DROP SCHEMA {other.Schema} CASCADE" })
                    (await StateAsync(connection, statement)).ShouldBe(Denied, $"{own.Schema}: {statement}");
            }
        }

        Schemas.Count.ShouldBeGreaterThanOrEqualTo(4, "organization, complaints, followups and platform");
        tried.ShouldBeGreaterThan(100, "every role was tried at every foreign table");
    }

    [Fact]
    public async Task Rows_of_append_only_tables_can_be_added_and_read_and_nothing_else()
    {
        var looked = new List<string>();
        foreach (var (schema, table, type) in Tables().Where(t => t.Type.IsAppendOnly()))
        {
            await using var connection = await system.OpenRoleAsync(schema);
            (await StateAsync(connection, $"SELECT 1 FROM {table} LIMIT 1")).ShouldBeNull(table);
            (await PrivilegesAsync(schema, table)).ShouldBe(["INSERT", "SELECT"], table);
            var column = type.GetProperties().First().GetColumnName();
            foreach (var statement in new[] { $"UPDATE {table} SET {column} = {column}", $"DELETE FROM {table}", $"TRUNCATE {table}", $"SELECT 1 FROM {table} FOR UPDATE" })
                (await StateAsync(connection, statement)).ShouldBe(Denied, statement);
            looked.Add(table);
        }

        looked.Count.ShouldBeGreaterThanOrEqualTo(11);
        foreach (var expected in new[]
                 {
                     "complaints.complaint_records", "complaints.complaint_steps", "complaints.complaint_supplements", "complaints.clock_rungs",
                     "complaints.audit_entries", "complaints.audit_seals", "complaints.audit_seal_entries", "complaints.audit_checks", "complaints.audit_anchors", "followups.visits", "organization.policy_values", "organization.audit_entries",
                     "organization.customer_consents", "organization.customer_gradings", "organization.customer_facts",
                 })
            looked.ShouldContain(expected);
    }

    [Fact]
    public async Task Events_and_stored_answers_are_never_changed_and_an_event_that_somebody_waits_for_cannot_be_deleted()
    {
        var seen = 0;
        foreach (var (schema, table, _) in Tables().Where(t => t.Type.IsWrittenOnce()))
        {
            seen++;
            await using var connection = await system.OpenRoleAsync(schema);
            (await PrivilegesAsync(schema, table)).ShouldBe(["DELETE", "INSERT", "SELECT"], table);
            (await StateAsync(connection, $"SELECT 1 FROM {table} FOR UPDATE")).ShouldBe(Denied, table);
        }

        seen.ShouldBe(11);
        await system.ExecuteAsync("""
            WITH event AS (INSERT INTO complaints.outbox_events (id, type, aggregate_id, sequence, occurred_at, payload)
                VALUES (gen_random_uuid(), 'Nothing', gen_random_uuid(), 1, now(), '{}') RETURNING id, aggregate_id)
            INSERT INTO complaints.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts, parked_at)
            SELECT gen_random_uuid(), id, 'followups', aggregate_id, 1, 8, now() FROM event
            """);
        await using var role = await system.OpenRoleAsync("complaints");
        (await StateAsync(role, "DELETE FROM complaints.outbox_events")).ShouldBe(PostgresErrorCodes.ForeignKeyViolation);
    }

    [Fact]
    public async Task Only_rows_that_have_done_their_service_can_be_deleted_and_no_table_can_be_emptied()
    {
        var (kept, worked) = (0, 0);
        foreach (var (schema, table, type) in Tables())
        {
            await using var connection = await system.OpenRoleAsync(schema);
            (await StateAsync(connection, $"TRUNCATE {table}")).ShouldBe(Denied, table);
            (await StateAsync(connection, $"DELETE FROM {table} WHERE false")).ShouldBe(type.IsWorkedOff() || type.IsWrittenOnce() ? null : Denied, table);
            if (type.IsWorkedOff() || type.IsWrittenOnce()) worked++;
            else kept++;
        }

        (kept, worked).ShouldBeGreaterThanOrEqualTo((25, 9));
        foreach (var (schema, table) in new[] { ("complaints", "complaints.complaints"), ("followups", "followups.follow_ups"), ("organization", "organization.api_keys") })
            (await PrivilegesAsync(schema, table)).ShouldBe(["INSERT", "SELECT", "UPDATE"], table);
        foreach (var schema in Schemas) (await PrivilegesAsync(schema.Schema, $"{schema.Schema}.migrations")).ShouldBe(["SELECT"]);
    }

    [Theory]
    [InlineData("complaints.clock_rungs", "clock_id, rung")]
    [InlineData("followups.clock_rungs", "clock_id, rung")]
    [InlineData("organization.inbox", "event_id")]
    [InlineData("complaints.inbox", "event_id")]
    [InlineData("followups.inbox", "event_id")]
    [InlineData("complaints.stored_answers", "key_hash")]
    [InlineData("complaints.outbox_events", "aggregate_id, sequence")]
    [InlineData("complaints.outbox_deliveries", "consumer, aggregate_id, sequence")]
    [InlineData("complaints.complaint_records", "source_system, source_ticket, project")]
    [InlineData("followups.follow_ups", "origin_id, origin_cycle, round")]
    [InlineData("organization.customer_phones", "phone_index")]
    [InlineData("organization.customers", "national_id_index")]
    [InlineData("organization.customer_subjects", "subject_id, subject_kind")]
    [InlineData("organization.customer_facts", "event_id, fact")]
    public async Task What_happens_once_can_be_written_once(string table, string columns) =>
        (await system.ScalarAsync<string[]>("""
            SELECT array_agg((SELECT string_agg(a.attname, ', ' ORDER BY k.ord) FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k(col, ord)
                              JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.col))
            FROM pg_index i WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indisvalid
            """, table)).ShouldContain(columns, table);

    [Fact]
    public async Task Runtime_roles_own_nothing_and_have_no_powers()
    {
        object roles = Schemas.Select(s => $"crm_{s.Schema}").ToArray();
        (await system.ScalarAsync<long>("SELECT count(*) FROM pg_roles WHERE rolname = ANY($1) AND rolcanlogin", roles)).ShouldBe(Schemas.Count);
        (await system.ScalarAsync<long>("""
            SELECT count(*) FROM pg_roles WHERE rolname = ANY($1) AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)
            """, roles)).ShouldBe(0);
        (await system.ScalarAsync<long>("""
            SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = ANY($1)
            """, roles)).ShouldBe(0, "no role borrows another's rights");
        (await system.ScalarAsync<long>("""
            SELECT count(*) FROM pg_roles r WHERE r.rolname = ANY($1) AND (
                EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) OR EXISTS (SELECT FROM pg_namespace WHERE nspowner = r.oid)
                OR EXISTS (SELECT FROM pg_proc WHERE proowner = r.oid) OR EXISTS (SELECT FROM pg_type WHERE typowner = r.oid)
                OR EXISTS (SELECT FROM pg_database WHERE datdba = r.oid))
            """, roles)).ShouldBe(0);
    }

    [Fact]
    public void Every_model_is_the_one_its_migrations_make()
    {
        foreach (var schema in Schemas)
        {
            using var db = schema.ConnectAs(system.Server.Postgres.MigratorConnectionString(system.Database));
            db.Database.HasPendingModelChanges().ShouldBeFalse(schema.Schema);
            db.Database.GetPendingMigrations().ShouldBeEmpty(schema.Schema);
        }
    }

    private IEnumerable<(string Schema, string Table, IEntityType Type)> Tables()
    {
        foreach (var schema in Schemas)
        {
            using var db = schema.ConnectAs(system.Server.Postgres.MigratorConnectionString(system.Database));
            foreach (var type in db.Model.GetEntityTypes().Where(t => t.GetTableName() is not null)) yield return (schema.Schema, $"{schema.Schema}.{type.GetTableName()}", type);
        }
    }

    private Task<string[]> TablesAsync(string schema) => system.ScalarAsync<string[]>("SELECT array_agg(schemaname || '.' || tablename) FROM pg_tables WHERE schemaname = $1", schema);

    private Task<string[]> PrivilegesAsync(string schema, string table) => system.ScalarAsync<string[]>("""
        SELECT coalesce(array_agg(p ORDER BY p), '{}') FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p
        WHERE has_table_privilege($1, $2, p) OR (p IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege($1, $2, p))
        """, $"crm_{schema}", table);

    /// <summary>The SQLSTATE of a statement; null when it was let through. Nothing remains of it.</summary>
    private static async Task<string?> StateAsync(NpgsqlConnection connection, string statement)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        try
        {
            await using var command = new NpgsqlCommand(statement, connection, transaction);
            await command.ExecuteNonQueryAsync();
            return null;
        }
        catch (PostgresException refused)
        {
            return refused.SqlState;
        }
        finally
        {
            await transaction.RollbackAsync();
        }
    }
}
