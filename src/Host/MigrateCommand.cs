using Crm.Complaints;
using Crm.FollowUps;
using Crm.Organization;
using Crm.Shared;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Npgsql;

namespace Crm.Host;

/// <summary>
/// <c>migrate [--demo]</c>: brings the database up to date as its owner. Reads CRM_MIGRATION_DATABASE (a connection string of a role that may
/// create roles and schemas) and Crm__Secrets (made if there are none). Repeatable.
/// </summary>
internal static class MigrateCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build();
        var owner = configuration["CRM_MIGRATION_DATABASE"];
        var secrets = configuration["Crm:Secrets"];
        if (owner is null || secrets is null || args.Except(["--demo"]).Any())
        {
            Console.Error.WriteLine("usage: migrate [--demo], with CRM_MIGRATION_DATABASE (connection string of the owner) and Crm__Secrets (folder) set");
            return 2;
        }

        await RunAsync(owner, KeyRing.Open(secrets, create: true), configuration["Crm:RolePrefix"] ?? "crm", demo: args.Contains("--demo"), CancellationToken.None);
        Console.WriteLine("The database is up to date.");
        return 0;
    }

    /// <summary>Migrates, and with <paramref name="demo"/> writes the demo company.</summary>
    public static async Task RunAsync(string owner, KeyRing keys, string rolePrefix, bool demo, CancellationToken ct)
    {
        var modules = new ServiceCollection().AddPlatform().AddOrganization().AddComplaints().AddFollowUps();
        var connection = new NpgsqlConnectionStringBuilder(owner);
        var address = new DatabaseAddress($"Host={connection.Host};Port={connection.Port};Database={connection.Database}", keys.Roles, rolePrefix);
        IEnumerable<T> Registered<T>() => modules.Where(d => d.ServiceType == typeof(T) && !d.IsKeyedService).Select(d => d.ImplementationInstance).OfType<T>();

        await new Migrator(owner, address, Registered<MigratedSchema>()).RunAsync(ct);
        if (!demo) return;
        foreach (var data in Registered<DemoData>()) await data.SeedAsync(owner, ct);
    }
}
