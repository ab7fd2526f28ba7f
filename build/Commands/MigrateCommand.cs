using Crm.Build.Hosting;
using Crm.Build.Postgres;

namespace Crm.Build.Commands;

/// <summary><c>build/migrate</c>: a database brought to the current schema, without starting a host.</summary>
internal static class MigrateCommand
{
    private const string Usage = """
        build/migrate [options]

        Brings the database to the current schema: roles, schemas, grants and tables. Makes the database when it is missing; does
        nothing twice. Works on the server that CRM_DATABASE names, otherwise on the one in the data folder, which may
        be in use by build/run.

          --data DIR   the data folder (data, in the clone)
          --demo       seed the demo company
          --help       this text

        Environment: CRM_DATABASE and CRM_POSTGRES, see build/run --help.
        """;

    public static async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        var arguments = new Arguments(args, Usage);
        if (arguments.AskForHelp()) return 0;
        var (wished, demo) = (arguments.Value("--data"), arguments.Flag("--demo"));
        arguments.End();

        var data = DataFolder.Open(wished, Console.WriteLine);
        await HostProject.BuildAsync(ct);
        await using var server = await DatabaseServer.StartDurableAsync(data.Cluster, Console.WriteLine, ct);
        await server.EnsureDatabaseAsync(server.DefaultDatabase, ct);
        await HostProject.MigrateAsync(server, server.DefaultDatabase, data.Secrets, demo, ct);
        Console.WriteLine($"database {server.DefaultDatabase} is up to date ({server.Origin})");
        return 0;
    }
}
