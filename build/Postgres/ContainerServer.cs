using System.Security.Cryptography;
using Npgsql;
using Testcontainers.PostgreSql;

namespace Crm.Build.Postgres;

/// <summary>
/// The tests' server in a container. Compiled only with <c>-p:CrmTestcontainers=true</c>, and useful only where a Docker engine runs. The
/// image already starts the server without durability.
/// </summary>
internal static class ContainerServer
{
    private const string Image = "postgres:15-alpine";

    /// <summary>Starts a container and waits until its server accepts connections.</summary>
    public static async Task<(string Origin, NpgsqlConnectionStringBuilder Superuser, IAsyncDisposable Container)> StartAsync(
        CancellationToken ct)
    {
        var container = new PostgreSqlBuilder(Image)
            .WithUsername(PostgresCluster.Superuser)
            .WithPassword(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)))
            .WithCommand("-c", "max_connections=300", "-c", "jit=off")
            .Build();
        try
        {
            await container.StartAsync(ct);
            return ($"a container of {Image}", new NpgsqlConnectionStringBuilder(container.GetConnectionString()), container);
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }
}
