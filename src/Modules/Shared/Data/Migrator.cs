using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Crm.Shared.Data;

/// <summary>
/// Brings the database up to date as its owner, and gives each runtime role what its schema's model says it needs and nothing else: no
/// ownership, no other schema, no TRUNCATE, no UPDATE on rows that are written once, and DELETE only where rows come to an end. Repeatable; several at once wait for each other.
/// </summary>
public sealed class Migrator(string ownerConnection, DatabaseAddress address, IEnumerable<MigratedSchema> schemas)
{
    /// <summary>Creates roles and schemas, applies migrations, sets privileges.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        // Building an index anew takes as long as the table is large, and so does waiting for whoever does it.
        var unhurried = new NpgsqlConnectionStringBuilder(ownerConnection) { CommandTimeout = 0 }.ConnectionString;
        await using var connection = new NpgsqlConnection(unhurried);
        await connection.OpenAsync(ct);
        await ExecuteAsync(connection, "SELECT pg_advisory_lock(7220261122)", ct);
        foreach (var schema in schemas)
        {
            await CreateRoleAsync(connection, address.Role(schema.Schema), ct);
            await ExecuteAsync(connection, $"CREATE SCHEMA IF NOT EXISTS {schema.Schema}; REVOKE ALL ON SCHEMA {schema.Schema} FROM PUBLIC", ct);
            await using var db = schema.ConnectAs(unhurried);
            await db.Database.MigrateAsync(ct);
            await ExecuteAsync(connection, string.Join(";\n", Privileges(schema.Schema, address.Role(schema.Schema), db.Model)), ct);
        }

        await ExecuteAsync(connection, "SELECT pg_advisory_unlock(7220261122)", ct);
    }

    private static IEnumerable<string> Privileges(string schema, string role, IModel model)
    {
        yield return $"GRANT USAGE ON SCHEMA {schema} TO {role}";
        yield return $"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}";
        yield return $"GRANT SELECT ON {schema}.migrations TO {role}";
        yield return $"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}";
        foreach (var type in model.GetEntityTypes().Where(t => t.GetTableName() is not null))
        {
            var (changes, ends) = (!type.IsAppendOnly() && !type.IsWrittenOnce(), type.IsWorkedOff() || type.IsWrittenOnce());
            yield return $"GRANT SELECT, INSERT{(changes ? ", UPDATE" : "")}{(ends ? ", DELETE" : "")} ON {schema}.{type.GetTableName()} TO {role}";
        }
    }

    /// <summary>Roles are shared by the whole cluster, and advisory locks are not: another database's migration may be creating the same role.</summary>
    private async Task CreateRoleAsync(NpgsqlConnection connection, string role, CancellationToken ct)
    {
        var password = address.Secrets.PasswordOf(role);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ExecuteAsync(connection, $"""
                    DO $$ BEGIN
                        CREATE ROLE {role} LOGIN PASSWORD '{password}';
                    EXCEPTION WHEN duplicate_object THEN
                        ALTER ROLE {role} LOGIN PASSWORD '{password}';
                    END $$
                    """, ct);
                return;
            }
            catch (PostgresException e) when (e.SqlState is "XX000" or "23505" && attempt < 10)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50 * attempt), ct);
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
