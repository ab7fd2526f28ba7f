using Npgsql;

namespace Crm.Shared.Data;

/// <summary>Where the database is, and how each module signs in to it: as its own role.</summary>
/// <param name="Connection">Host, port and database; no user.</param>
/// <param name="Secrets">Where the roles' passwords come from.</param>
/// <param name="RolePrefix">Roles belong to the whole cluster: two installations on one cluster need two prefixes.</param>
/// <param name="PoolLimit">Caps each pool below its share, where many hosts share a small server, as in tests.</param>
public sealed record DatabaseAddress(string Connection, RoleSecret Secrets, string RolePrefix = "crm", int? PoolLimit = null)
{
    /// <summary>The runtime role of a schema.</summary>
    public string Role(string schema) => $"{RolePrefix}_{schema}";

    /// <summary>A pool of connections that can touch one schema only.</summary>
    /// <param name="schema">The schema, whose role they are.</param>
    /// <param name="connections">So many at most.</param>
    /// <param name="name">What measures call the pool; as the schema when absent.</param>
    public NpgsqlDataSource Open(string schema, int connections, string? name = null)
    {
        var builder = new NpgsqlConnectionStringBuilder(Connection)
        {
            Username = Role(schema),
            Password = Secrets.PasswordOf(Role(schema)),
            SearchPath = schema,
            ApplicationName = $"crm-{schema}",
            MaxPoolSize = Math.Min(connections, PoolLimit ?? connections),
            MaxAutoPrepare = 60,
            AutoPrepareMinUsages = 3,
            // Sessions hold no state beyond their transaction, so there is nothing to reset when one is handed on.
            NoResetOnClose = true,
            // A command that was given up ends its connection: what the server had prepared by then, the library no longer knows (42P05).
            CancellationTimeout = -1,
            Timeout = 10,
            // A connection whose other end has silently gone looks like a slow one. No command of a host needs so long: given up in time,
            // a host behind a broken network serves again within seconds of its return.
            CommandTimeout = 10,
            KeepAlive = 10,
            // The same from the server's side, where a transaction whose host has silently gone would keep its locks for ever.
            Options = "-c idle_in_transaction_session_timeout=15s",
        };
        return new NpgsqlDataSourceBuilder(builder.ConnectionString) { Name = name ?? schema }.Build();
    }
}
