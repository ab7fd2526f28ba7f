using Crm.Build.Hosting;
using Crm.Build.Machine;
using Crm.Build.Postgres;
using Npgsql;

namespace Crm.Build.Bench;

/// <summary>
/// A durable cluster of its own that counts statements, with a migrated database for each part, and the hosts' secrets and logs. Removed in
/// the end, unless the person named the folder or something went wrong.
/// </summary>
internal sealed class BenchGround : IAsyncDisposable
{
    /// <summary>
    /// Whom pgbench signs in as, so that its statements are counted apart. No password is a secret in a cluster that is thrown away.
    /// </summary>
    public const string LoadRole = "bench_load";

    private const string Base = "crm_bench_base";

    /// <summary>Beside those of every private server. All of them are told in the document.</summary>
    private static readonly string[] Tuned =
    [
        "shared_preload_libraries=pg_stat_statements",
        "pg_stat_statements.max=2000",
        "track_commit_timestamp=on",
        "shared_buffers=1GB",
        // A checkpoint in one side's round and not in the other's would be a difference that is none.
        "max_wal_size=8GB",
        "checkpoint_timeout=1h",
        // Everything in this cluster is made up, so the log may hold parameters: scripts are derived from them.
        "log_error_verbosity=default",
        $"log_line_prefix={StatementLog.LinePrefix}",
    ];

    private readonly DataFolder data;
    private readonly bool isTemporary;
    private readonly DatabaseServer server;
    private readonly List<HostProcess> hosts = [];
    private readonly Action<string> say;

    private BenchGround(DataFolder data, bool isTemporary, DatabaseServer server, Action<string> say) =>
        (this.data, this.isTemporary, this.server, this.say) = (data, isTemporary, server, say);

    /// <summary>Set once all is done: only then is there nothing to look into.</summary>
    public bool MayGo { get; set; }

    /// <summary>Where a published program may be put; it goes when the cluster goes.</summary>
    public string Published => Path.Combine(data.Root, "published");

    /// <summary>Tells a person how it goes.</summary>
    public void Say(string what) => say(what);

    /// <summary>Makes the folder, starts the cluster and migrates the database that the others are copied from.</summary>
    /// <exception cref="ToolFailureException">PostgreSQL comes without pgbench or pg_stat_statements, or does not start.</exception>
    public static async Task<BenchGround> OpenAsync(string? wished, Action<string> say, CancellationToken ct)
    {
        var data = DataFolder.Open(wished ?? Path.Combine(Path.GetTempPath(), $"crm-bench-{Guid.NewGuid():N}"), say);
        say("starting the database");
        var ground = new BenchGround(data, isTemporary: wished is null, await DatabaseServer.StartTunedAsync(data.Cluster, Tuned, say, ct), say);
        try
        {
            if (ground.server.Cluster!.Binaries.Find("pgbench") is null)
                throw new ToolFailureException(
                    $"{ground.server.Origin} comes without pgbench. Install PostgreSQL's own packages (Debian: apt-get install postgresql).");
            await ground.server.EnsureDatabaseAsync(Base, ct);
            await HostProject.MigrateAsync(ground.server, Base, data.Secrets, demo: true, ct);
            await using var database = ground.Connect(Base);
            await database.ExecuteAsync(
                $"""
                 CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
                 DO $$ BEGIN CREATE ROLE {LoadRole}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
                 ALTER ROLE {LoadRole} LOGIN SUPERUSER PASSWORD '{LoadRole}'
                 """,
                ct);
            return ground;
        }
        catch
        {
            await ground.DisposeAsync();
            throw;
        }
    }

    /// <summary>A database of its own for one part: a copy of the migrated one, or the one an earlier run left, migrated again.</summary>
    /// <returns>The database, and whether it is new and still empty.</returns>
    public async Task<(BenchDatabase Database, bool IsNew)> DatabaseAsync(string part, bool keep, CancellationToken ct)
    {
        var name = $"crm_bench_{part}";
        if (!keep) await server.DropDatabaseAsync(name, ct);
        var isNew = !await ExistsAsync(name, ct);
        if (isNew) await server.CreateDatabaseAsync(name, template: Base, ct);
        else await HostProject.MigrateAsync(server, name, data.Secrets, demo: true, ct);
        return (Connect(name), isNew);
    }

    /// <summary>Compacts the database, as an operator does now and then.</summary>
    public Task CompactAsync(BenchDatabase database, CancellationToken ct) => HostProject.CompactAsync(server, database.Name, ct);

    /// <summary>One more host, not yet started, as in production: no test clock, which would be a query of its own, and room for the load.</summary>
    /// <param name="database">What it works on.</param>
    /// <param name="isDevelopment">With the test clock after all.</param>
    /// <param name="published">The program of a published folder; null for the Release build.</param>
    /// <param name="more">Settings of its own.</param>
    public HostProcess NewHost(
        BenchDatabase database, bool isDevelopment = false, string? published = null, IReadOnlyDictionary<string, string>? more = null)
    {
        var settings = HostProject.Settings(server, database.Name, data.Secrets);
        settings["ASPNETCORE_ENVIRONMENT"] = isDevelopment ? "Development" : "Production";
        settings["Crm__RateLimit__Burst"] = settings["Crm__RateLimit__PerSecond"] = "1000000";
        if (!isDevelopment)
        {
            // Never asked: the bench signs in with API keys.
            settings["Crm__Oidc__Authority"] = "https://identity.invalid/";
            settings["Crm__Oidc__Audience"] = "crm";
        }

        foreach (var (name, value) in more ?? new Dictionary<string, string>()) settings[name] = value;
        var host = new HostProcess($"host {hosts.Count + 1}", FreePort.Choose(), data.HostLog(hosts.Count + 1), settings, published);
        hosts.Add(host);
        return host;
    }

    /// <summary>What the server prints.</summary>
    public StatementLog Log(BenchDatabase database) => new(server.Cluster!.LogFile, database);

    /// <summary>PostgreSQL's own load generator on this database.</summary>
    public Pgbench Pgbench(BenchDatabase database) =>
        new(server.Cluster!.Binaries.Find("pgbench")!, LoadConnection(database.Name), Path.Combine(data.Root, "pgbench"));

    public CpuMeter Meter(params HostProcess[] running) => new(server.Cluster!.ProcessId!.Value, [.. running.Select(h => h.ProcessId)]);

    /// <summary>PostgreSQL's version, as it tells it.</summary>
    public async Task<string> VersionAsync(CancellationToken ct)
    {
        await using var database = Connect(Base);
        return (await database.ScalarAsync<string>("SELECT version()", ct)).Split(" on ")[0];
    }

    /// <summary>Settings as the server has them, <c>name = value</c>.</summary>
    public async Task<IReadOnlyList<string>> SettingsAsync(IEnumerable<string> names, CancellationToken ct)
    {
        await using var database = Connect(Base);
        var settings = new List<string>();
        foreach (var name in names) settings.Add($"`{name} = {await database.ScalarAsync<string>($"SHOW {name}", ct)}`");
        return settings;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts) await host.DisposeAsync();
        await server.DisposeAsync();
        if (MayGo && isTemporary) Directory.Delete(data.Root, recursive: true);
        else say($"cluster and logs are kept in {data.Root}");
    }

    private BenchDatabase Connect(string name) => new(name, server.SuperuserConnectionString(name));

    private string LoadConnection(string database) =>
        new NpgsqlConnectionStringBuilder(server.SuperuserConnectionString(database)) { Username = LoadRole, Password = LoadRole }.ConnectionString;

    private async Task<bool> ExistsAsync(string name, CancellationToken ct)
    {
        await using var database = Connect(Base);
        return await database.ScalarAsync<long>($"SELECT count(*) FROM pg_database WHERE datname = '{name}'", ct) > 0;
    }
}
