using Crm.Build.Postgres;
using Crm.Host.Commands;
using Crm.Shared.Privacy;

[assembly: AssemblyFixture(typeof(Crm.ApiTests.Infrastructure.TestServer))]

namespace Crm.ApiTests.Infrastructure;

/// <summary>One PostgreSQL server for the whole run, with one migrated template database that every test class clones.</summary>
public sealed class TestServer : IAsyncLifetime
{
    private const string Template = "crm_template";

    /// <summary>A folder for the keys of a template that stays, for many short runs on one server; absent in an ordinary run, which makes its own.</summary>
    private static readonly string? Kept = Environment.GetEnvironmentVariable("CRM_TEST_TEMPLATE");

    private static int databases;

    /// <summary>The server.</summary>
    public DatabaseServer Postgres { get; private set; } = null!;

    /// <summary>The folder with the installation's keys, shared by all hosts of the run.</summary>
    public string Secrets { get; } = Kept ?? Directory.CreateTempSubdirectory("crm-tests-").FullName;

    /// <summary>The names of all databases that tests have used; kept until the end, so that they can be searched.</summary>
    public List<string> Databases { get; } = [];

    public async ValueTask InitializeAsync()
    {
        Postgres = await DatabaseServer.StartAsync();
        if (Directory.Exists(Kept)) return;
        await Postgres.DropDatabaseAsync(Template);
        await Postgres.CreateDatabaseAsync(Template);
        await MigrateCommand.MigrateAsync(Postgres.MigratorConnectionString(Template), KeyRing.Open(Secrets, create: true), "crm", demo: true, CancellationToken.None);
        Npgsql.NpgsqlConnection.ClearAllPools();
    }

    /// <summary>A fresh database with the demo company in it.</summary>
    public async Task<string> CloneAsync()
    {
        var name = $"crm_test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}";
        await Postgres.CreateDatabaseAsync(name, Template);
        lock (Databases) Databases.Add(name);
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        Npgsql.NpgsqlConnection.ClearAllPools();
        foreach (var database in Databases) await Postgres.DropDatabaseAsync(database);
        await Postgres.DisposeAsync();
        if (Kept is null) Directory.Delete(Secrets, recursive: true);
    }
}
