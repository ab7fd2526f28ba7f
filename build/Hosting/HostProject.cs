using System.Diagnostics;
using Crm.Build.Machine;
using Crm.Build.Postgres;

namespace Crm.Build.Hosting;

/// <summary>The host's program: building it from the sources, and migrating a database with it.</summary>
internal static class HostProject
{
    /// <summary>The host's program, as the Release build leaves it.</summary>
    public static string Program { get; } = Path.Combine(Repository.Root, "src", "Host", "bin", "Release", "net10.0", "Crm.Host.dll");

    /// <summary>Brings <see cref="Program"/> up to date with the sources.</summary>
    /// <exception cref="ToolFailureException">It does not compile; the message holds the compiler's.</exception>
    public static async Task BuildAsync(CancellationToken ct)
    {
        var project = Path.Combine(Repository.Root, "src", "Host", "Crm.Host.csproj");
        var outcome = await Subprocess.CaptureAsync(
            Executables.Dotnet, ["build", project, "-c", "Release", "-v", "q", "--nologo", "--tl:off"], ct);
        if (!outcome.Succeeded) throw new ToolFailureException($"The host does not build:\n{outcome.LastLines(40)}");
    }

    /// <summary>
    /// Brings the database to the current schema: roles, schemas, tables and, asked for, the demo company. Does nothing twice.
    /// </summary>
    /// <param name="server">Where the database is; it must exist.</param>
    /// <param name="database">Its name.</param>
    /// <param name="secrets">The hosts' secrets folder; missing secrets are made.</param>
    /// <param name="demo">Seed the demo company.</param>
    /// <param name="ct">Stops the migration.</param>
    /// <exception cref="ToolFailureException">The migration failed; the message holds its last words.</exception>
    public static async Task MigrateAsync(DatabaseServer server, string database, string secrets, bool demo, CancellationToken ct)
    {
        var outcome = await AsOwnerAsync(server, database, secrets, ["migrate", .. demo ? (string[])["--demo"] : []], ct);
        if (!outcome.Succeeded) throw new ToolFailureException($"The database could not be migrated:\n{outcome.LastLines(40)}");
    }

    /// <summary>Gives back to the disk what queues have left behind, as an operator does now and then.</summary>
    /// <exception cref="ToolFailureException">It failed; the message holds its last words.</exception>
    public static async Task CompactAsync(DatabaseServer server, string database, CancellationToken ct)
    {
        var outcome = await AsOwnerAsync(server, database, secrets: null, ["compact"], ct);
        if (!outcome.Succeeded) throw new ToolFailureException($"The database could not be compacted:\n{outcome.LastLines(40)}");
    }

    private static Task<Outcome> AsOwnerAsync(DatabaseServer server, string database, string? secrets, string[] words, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Executables.Dotnet, [Program, .. words]) { WorkingDirectory = Path.GetDirectoryName(Program) };
        start.Environment["CRM_MIGRATION_DATABASE"] = server.MigratorConnectionString(database);
        if (secrets is not null) start.Environment["Crm__Secrets"] = secrets;
        return Subprocess.CaptureAsync(start, ct);
    }

    /// <summary>The settings of a development host on the migrated database, as environment variables.</summary>
    public static Dictionary<string, string> Settings(DatabaseServer server, string database, string secrets) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
        ["Crm__Database"] = server.HostConnectionString(database),
        ["Crm__Secrets"] = secrets,
    };
}
