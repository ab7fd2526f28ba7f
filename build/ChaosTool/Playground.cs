using Crm.Build.Hosting;
using Crm.Build.Machine;
using Crm.Build.Postgres;

namespace Crm.Build.Chaos;

/// <summary>
/// A folder of its own for one run, with a durable cluster, a migrated database with the demo company, the hosts' secrets and logs.
/// Removed in the end, unless the person named the folder or something went wrong in it.
/// </summary>
internal sealed class Playground : IAsyncDisposable
{
    // Not the run command's: on a server that CRM_DATABASE names, a run must not meet anybody's data.
    private readonly string database = $"crm_chaos_{Guid.NewGuid():N}";

    private readonly DataFolder data;
    private readonly bool isTemporary;
    private readonly DatabaseServer server;
    private readonly List<ChaosHost> hosts = [];

    private Playground(DataFolder data, bool isTemporary, DatabaseServer server) => (this.data, this.isTemporary, this.server) = (data, isTemporary, server);

    /// <summary>Where the clients keep their logs.</summary>
    public string Acknowledgements => Path.Combine(data.Root, "acknowledgements");

    /// <summary>For looking at the database from outside; the hosts use roles of their own.</summary>
    public string SuperuserConnection => server.SuperuserConnectionString(database);

    /// <summary>Set once all is well: only then is there nothing to look into.</summary>
    public bool MayGo { get; set; }

    /// <summary>Makes the folder, starts the cluster and migrates its database.</summary>
    /// <exception cref="ToolFailureException">The folder is in use, or cluster or migration failed; the message says which and why.</exception>
    public static async Task<Playground> OpenAsync(string? wished, Action<string> say, CancellationToken ct)
    {
        var folder = Path.GetFullPath(wished ?? Path.Combine(Path.GetTempPath(), $"crm-chaos-{Guid.NewGuid():N}"));
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new ToolFailureException($"{folder} is not empty: a run needs a folder of its own.");

        var data = DataFolder.Open(folder, say);
        var ground = new Playground(data, isTemporary: wished is null, await DatabaseServer.StartDurableAsync(data.Cluster, say, ct));
        try
        {
            Directory.CreateDirectory(ground.Acknowledgements);
            await ground.server.CreateDatabaseAsync(ground.database, template: null, ct);
            await HostProject.MigrateAsync(ground.server, ground.database, data.Secrets, demo: true, ct);
            return ground;
        }
        catch
        {
            await ground.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more host on this database, not yet started.</summary>
    public ChaosHost NewHost()
    {
        var number = hosts.Count + 1;
        var host = new ChaosHost(
            $"host-{number}", FreePort.Choose(), data.HostLog(number), HostProject.Settings(server, database, data.Secrets));
        hosts.Add(host);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts) await host.DisposeAsync();
        if (MayGo && isTemporary) await server.DropDatabaseAsync(database);
        await server.DisposeAsync();
        if (MayGo && isTemporary) Directory.Delete(data.Root, recursive: true);
        else Console.WriteLine($"Database {database}, logs and acknowledgements are kept in {data.Root}");
    }
}
