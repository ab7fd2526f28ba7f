using Crm.Build.Machine;
using Crm.Build.Postgres;
using Npgsql;

namespace Crm.Build.Hosting;

/// <summary>
/// A folder of its own for one run, with a durable cluster, a migrated database with the demo company, the hosts' secrets and logs.
/// Removed in the end, unless the person named the folder or something went wrong in it.
/// </summary>
internal sealed class Playground : IAsyncDisposable
{
    private readonly string database;
    private readonly DataFolder data;
    private readonly bool isTemporary;
    private readonly DatabaseServer server;
    private readonly List<HostProcess> hosts = [];

    private Playground(DataFolder data, bool isTemporary, DatabaseServer server, string purpose)
    {
        (this.data, this.isTemporary, this.server) = (data, isTemporary, server);
        // Not the run command's: on a server that CRM_DATABASE names, a run must not meet anybody's data.
        database = $"crm_{purpose}_{Guid.NewGuid():N}";
    }

    /// <summary>Where a run keeps what it writes down itself.</summary>
    public string Notes => Path.Combine(data.Root, "notes");

    /// <summary>For looking at the database from outside; the hosts use roles of their own. Not pooled: an idle connection would
    /// outlive the look.</summary>
    public string SuperuserConnection => new NpgsqlConnectionStringBuilder(server.SuperuserConnectionString(database)) { Pooling = false }.ConnectionString;

    /// <summary>The cluster, to be stopped and killed.</summary>
    /// <exception cref="ToolFailureException">The server is somebody else's.</exception>
    public PostgresCluster Cluster => server.Cluster
        ?? throw new ToolFailureException($"This needs a database server of its own: run it without {DatabaseServer.Override}.");

    /// <summary>Set once all is well: only then is there nothing to look into.</summary>
    public bool MayGo { get; set; }

    /// <summary>Makes the folder, starts the cluster and migrates its database.</summary>
    /// <param name="purpose">A word for the names of folder and database.</param>
    /// <param name="wished">The folder, empty or absent; null for a temporary one.</param>
    /// <param name="clusterFolder">Where the cluster's files go; null for inside the folder.</param>
    /// <param name="say">Told how it goes.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ToolFailureException">The folder is in use, or cluster or migration failed; the message says which and why.</exception>
    public static async Task<Playground> OpenAsync(string purpose, string? wished, string? clusterFolder, Action<string> say, CancellationToken ct)
    {
        var folder = Path.GetFullPath(wished ?? Path.Combine(Path.GetTempPath(), $"crm-{purpose}-{Guid.NewGuid():N}"));
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new ToolFailureException($"{folder} is not empty: a run needs a folder of its own.");

        var data = DataFolder.Open(folder, say);
        var server = await DatabaseServer.StartDurableAsync(clusterFolder ?? data.Cluster, say, ct);
        var ground = new Playground(data, isTemporary: wished is null, server, purpose);
        try
        {
            Directory.CreateDirectory(ground.Notes);
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
    /// <param name="through">The port on 127.0.0.1 through which it reaches the database; null for the server's own.</param>
    /// <param name="environment">Variables beyond the usual ones.</param>
    public HostProcess NewHost(int? through = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var settings = HostProject.Settings(server, database, data.Secrets);
        if (through is { } port)
            settings["Crm__Database"] = new NpgsqlConnectionStringBuilder(settings["Crm__Database"]) { Host = "127.0.0.1", Port = port }.ConnectionString;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) settings[name] = value;

        var number = hosts.Count + 1;
        var host = new HostProcess($"host-{number}", FreePort.Choose(), data.HostLog(number), settings);
        hosts.Add(host);
        return host;
    }

    /// <summary>Where the hosts' database listens.</summary>
    public int DatabasePort => new NpgsqlConnectionStringBuilder(SuperuserConnection).Port;

    /// <summary>Carries out SQL as superuser, without a limit of time.</summary>
    /// <returns>The first value of the first row; null when there is none.</returns>
    public async Task<object?> ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(SuperuserConnection);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts) await host.DisposeAsync();
        if (MayGo && isTemporary) await server.DropDatabaseAsync(database);
        await server.DisposeAsync();
        if (MayGo && isTemporary) Directory.Delete(data.Root, recursive: true);
        else Console.WriteLine($"Database {database}, logs and notes are kept in {data.Root}");
    }
}
