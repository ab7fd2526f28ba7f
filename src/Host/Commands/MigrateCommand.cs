using Crm.Host.Settings;
using Crm.Shared.Audit;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Npgsql;

namespace Crm.Host.Commands;

/// <summary><c>migrate</c>: the database brought to the current schema as its owner, who needs to be no superuser. Repeatable.</summary>
internal static class MigrateCommand
{
    public const string Usage = """
        Crm.Host migrate [--demo]

        Brings the database to the current schema: roles, schemas, tables, rights. Makes keys.json where there is none, and adds
        keys that an earlier version did not know. Does nothing twice; several at once wait for each other. Hosts never migrate, and report themselves unavailable while a migration is missing.

          --demo                   also writes the demo company
          CRM_MIGRATION_DATABASE   connection string of the owner: a role with LOGIN and CREATEROLE, and with CREATE on the database
          Crm__Secrets             the folder for keys.json
          Crm__RolePrefix          beginning of the names of the hosts' roles (crm)
        """;

    public static async Task RunAsync(CommandLine words, CancellationToken ct)
    {
        var demo = words.Flag("--demo");
        words.End();
        var (owner, keys, settings) = Owner.ReadWithKeys(create: true);
        await EnsureRightsAsync(owner, ct);
        await MigrateAsync(owner, keys, settings.RolePrefix, demo, ct);
        Console.WriteLine("The database is up to date.");
    }

    /// <summary>Migrates, and with <paramref name="demo"/> writes the demo company.</summary>
    public static async Task MigrateAsync(string owner, KeyRing keys, string rolePrefix, bool demo, CancellationToken ct)
    {
        var connection = new NpgsqlConnectionStringBuilder(owner);
        var address = new DatabaseAddress($"Host={connection.Host};Port={connection.Port};Database={connection.Database}", keys.Roles, rolePrefix);

        await new Migrator(owner, address, Modules.Registered<MigratedSchema>()).RunAsync(ct);
        foreach (var module in Modules.Registered<Module>()) await EarlierEntries.MarkAsync(owner, module.Schema, keys, ct);
        foreach (var texts in Modules.Registered<EarlierTexts>()) await texts.SealAsync(owner, keys, ct);
        if (!demo) return;
        foreach (var data in Modules.Registered<DemoData>()) await data.SeedAsync(owner, ct);
    }

    /// <summary>All that the owner lacks is said at once, with the statements that mend it, before anything is begun.</summary>
    private static async Task EnsureRightsAsync(string owner, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("""
            SELECT quote_ident(current_user::text), quote_ident(current_database()::text), rolcreaterole OR rolsuper, has_database_privilege(current_database(), 'CREATE')
            FROM pg_roles WHERE rolname = current_user
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var (user, database) = (reader.GetString(0), reader.GetString(1));
        string[] missing =
        [
            .. reader.GetBoolean(2) ? (string[])[] : [$"ALTER ROLE {user} CREATEROLE;"],
            .. reader.GetBoolean(3) ? (string[])[] : [$"GRANT CREATE ON DATABASE {database} TO {user};"],
        ];
        if (missing.Length > 0) throw new StartRefusedException($"The role {user} may not do all that migrating takes. Let a superuser of PostgreSQL run: {string.Join(' ', missing)}");
    }
}
