using Npgsql;

namespace Crm.Build.Postgres;

/// <summary>
/// The PostgreSQL server that the commands and the tests work with, whoever provides it: the one that <c>CRM_DATABASE</c> names,
/// a container (tests only, opt-in), or a private cluster. Its databases belong to the migrator, a role that may make roles and
/// databases but
/// is no superuser.
/// </summary>
public sealed partial class DatabaseServer : IAsyncDisposable
{
    /// <summary>
    /// Environment variable with the connection string of a server to use instead of a private one; its user is the migrator.
    /// </summary>
    public const string Override = "CRM_DATABASE";

    private const string Migrator = "crm_migrator";

    private readonly NpgsqlConnectionStringBuilder superuser, migrator;
    private readonly IAsyncDisposable? provider;

    private DatabaseServer(
        string origin, NpgsqlConnectionStringBuilder superuser, NpgsqlConnectionStringBuilder migrator, IAsyncDisposable? provider)
    {
        (Origin, this.superuser, this.migrator, this.provider) = (origin, superuser, migrator, provider);
    }

    /// <summary>Where the server comes from, for a person.</summary>
    public string Origin { get; }

    /// <summary>The private cluster, which can be stopped, killed and resumed; null when the server is somebody else's.</summary>
    public PostgresCluster? Cluster => provider as PostgresCluster;

    /// <summary>The database of the run command: the one that <c>CRM_DATABASE</c> names, otherwise <c>crm</c>.</summary>
    public string DefaultDatabase => migrator.Database is { Length: > 0 } named ? named : "crm";

    /// <summary>A server for one test process: fast, and empty of databases of ours. Its data ends with it.</summary>
    /// <param name="say">Told what is installed or started; null for nobody.</param>
    /// <param name="ct">Stops the start.</param>
    /// <exception cref="ToolFailureException">No server can be had; the message says why and what to do.</exception>
    public static async Task<DatabaseServer> StartAsync(Action<string>? say = null, CancellationToken ct = default)
    {
        if (Given() is { } given) return given;
#if CRM_TESTCONTAINERS
        var (origin, superuser, container) = await ContainerServer.StartAsync(ct);
        return await WithMigratorAsync(origin, superuser, superuser.Password!, container, ct);
#else
        return await OnClusterAsync(await TestCluster.StartAsync(say ?? Nobody, ct), ct);
#endif
    }

    /// <summary>A server whose data stays: the cluster kept in <paramref name="folder"/>, made there if need be.</summary>
    /// <inheritdoc cref="StartAsync(Action{string}?, CancellationToken)"/>
    public static async Task<DatabaseServer> StartDurableAsync(string folder, Action<string>? say = null, CancellationToken ct = default) =>
        Given() ?? await OnClusterAsync(await PostgresCluster.StartAsync(folder, durable: true, throwAway: false, say ?? Nobody, ct), ct);

    /// <summary>A durable server of our own with settings beside the usual ones; <c>CRM_DATABASE</c> does not replace it.</summary>
    /// <inheritdoc cref="StartDurableAsync"/>
    internal static async Task<DatabaseServer> StartTunedAsync(
        string folder, IReadOnlyList<string> settings, Action<string> say, CancellationToken ct) =>
        await OnClusterAsync(await PostgresCluster.StartAsync(folder, durable: true, throwAway: false, say, ct, settings), ct);

    /// <summary>For migrations: a role that owns the databases and may make roles.</summary>
    public string MigratorConnectionString(string database) => For(migrator, database);

    /// <summary>For looking behind everything; the migrator's own when <c>CRM_DATABASE</c> gives nothing stronger.</summary>
    public string SuperuserConnectionString(string database) => For(superuser, database);

    /// <summary>For a host: where the server is, without a user or password, since each module brings its own role.</summary>
    public string HostConnectionString(string database)
    {
        var host = new NpgsqlConnectionStringBuilder(For(migrator, database));
        host.Remove("Username");
        host.Remove("Password");
        return host.ConnectionString;
    }

    /// <summary>Stops what was started for this server; a server somebody gave runs on.</summary>
    public ValueTask DisposeAsync() => provider?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static DatabaseServer? Given()
    {
        if (Environment.GetEnvironmentVariable(Override) is not { Length: > 0 } text) return null;
        try
        {
            var given = new NpgsqlConnectionStringBuilder(text);
            return new DatabaseServer($"the server at {given.Host}:{given.Port} ({Override})", given, given, provider: null);
        }
        catch (ArgumentException unreadable)
        {
            throw new ToolFailureException(
                $"{Override} is not a connection string (Host=…;Port=…;Username=…;Password=…;Database=…): {unreadable.Message}");
        }
    }

    private static Task<DatabaseServer> OnClusterAsync(PostgresCluster cluster, CancellationToken ct)
    {
        var superuser = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = cluster.Port,
            Username = PostgresCluster.Superuser,
            Password = cluster.Password(PostgresCluster.Superuser),
            // On loopback there is nothing to negotiate, and the library that would negotiate may be missing.
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        return WithMigratorAsync(cluster.Binaries.Origin, superuser, cluster.Password(Migrator), cluster, ct);
    }

    private static string For(NpgsqlConnectionStringBuilder role, string database) =>
        new NpgsqlConnectionStringBuilder(role.ConnectionString) { Database = database }.ConnectionString;

    private static void Nobody(string message)
    {
    }
}
