using Crm.Shared.Privacy;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crm.ApiTests.Infrastructure;

/// <summary>A system of one test class: its own database, and as many hosts on it as a test wants, each on a port of its own.</summary>
public class CrmSystem(TestServer server) : IAsyncLifetime
{
    private readonly List<HostUnderTest> hosts = [];

    /// <summary>The system's database.</summary>
    public string Database { get; private set; } = "";

    /// <summary>The server everything runs on.</summary>
    public TestServer Server => server;

    /// <summary>The first host, as the administrator.</summary>
    public Api Admin { get; private set; } = null!;

    /// <summary>Configuration of the first host beyond the usual.</summary>
    protected virtual (string Key, string Value)[] Settings => [];

    /// <summary>Services of the first host that are others than usual.</summary>
    protected virtual void Replace(IServiceCollection services)
    {
    }

    public async ValueTask InitializeAsync()
    {
        Database = await server.CloneAsync();
        Admin = await (await StartHostWithAsync(Replace, Settings)).SignInAsync("demo.admin");
    }

    /// <summary>The first host.</summary>
    public HostUnderTest Host => hosts[0];

    /// <summary>All hosts that were started.</summary>
    public IReadOnlyList<HostUnderTest> Hosts => hosts;

    /// <summary>Starts one more host on the same database.</summary>
    /// <param name="settings">Configuration beyond the usual.</param>
    public Task<HostUnderTest> StartHostAsync(params (string Key, string Value)[] settings) => StartHostWithAsync(_ => { }, settings);

    /// <summary>Starts one more host, with some of its services replaced.</summary>
    public async Task<HostUnderTest> StartHostWithAsync(Action<IServiceCollection> replace, params (string Key, string Value)[] settings)
    {
        var host = new HostUnderTest(server.Postgres.HostConnectionString(Database), server.Secrets, settings, replace);
        await host.StartAsync();
        hosts.Add(host);
        return host;
    }

    /// <summary>Signs somebody in at the first host.</summary>
    public Task<Api> SignInAsync(string staff) => hosts[0].SignInAsync(staff);

    /// <summary>A connection that can look behind everything.</summary>
    public async Task<NpgsqlConnection> OpenSuperuserAsync()
    {
        var connection = new NpgsqlConnection(server.Postgres.SuperuserConnectionString(Database));
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>A connection as the runtime role of one schema, exactly as the hosts open theirs.</summary>
    public async Task<NpgsqlConnection> OpenRoleAsync(string schema)
    {
        var role = $"crm_{schema}";
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.Postgres.HostConnectionString(Database))
        {
            Username = role, Password = KeyRing.Open(server.Secrets, create: false).Roles.PasswordOf(role), Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>One value from the database, past all roles.</summary>
    public async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var connection = await OpenSuperuserAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Runs a statement past all roles.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenSuperuserAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts) await host.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A host in this process, listening on a real port.</summary>
public sealed class HostUnderTest(string database, string secrets, (string Key, string Value)[] settings, Action<IServiceCollection> replace) : WebApplicationFactory<Program>
{
    /// <summary>Its address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts to listen.</summary>
    public async Task StartAsync()
    {
        UseKestrel(0);
        StartServer();
        Address = ClientOptions.BaseAddress;
        using var client = new HttpClient { BaseAddress = Address };
        while (!(await client.GetAsync("/health/ready")).IsSuccessStatusCode) await Task.Delay(50);
    }

    /// <summary>A client with a token of this member of staff.</summary>
    public async Task<Api> SignInAsync(string staff)
    {
        var api = Anonymous();
        var token = (await api.PostAsync("/dev/token", new { staff }, key: null)).Text("token");
        return new Api(NewClient(), $"Bearer {token}");
    }

    /// <summary>A client that has not signed in.</summary>
    public Api Anonymous() => new(NewClient(), authorization: null);

    /// <summary>A machine with an API key.</summary>
    public Api Machine(string apiKey)
    {
        var client = NewClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", apiKey);
        return new Api(client, authorization: null);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.UseSetting("Crm:Database", database);
        builder.UseSetting("Crm:Secrets", secrets);
        builder.UseSetting("Crm:PoolLimit", "2");
        builder.UseSetting("Crm:Farewell", "00:00:00");
        builder.UseSetting("Crm:RateLimit:Burst", "100000");
        builder.UseSetting("Crm:RateLimit:PerSecond", "100000");
        foreach (var (key, value) in settings) builder.UseSetting(key, value);
        builder.ConfigureTestServices(replace);
        builder.ConfigureLogging(logging =>
        {
            logging.ClearProviders();
            logging.AddProvider(CapturedLogs.Instance);
        });
    }

    private HttpClient NewClient() => new() { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
}
