using Crm.Shared.Events;

namespace Crm.Host;

/// <summary>The host's configuration, section <c>Crm</c> (environment variables <c>Crm__…</c>).</summary>
internal sealed record CrmSettings
{
    /// <summary>True in the environment Development, which has the test clock and the token issuer, and nowhere else.</summary>
    public required bool Development { get; init; }

    /// <summary><c>Crm:Database</c>: host, port and database, without a user: each module signs in as its own role.</summary>
    public required string Database { get; init; }

    /// <summary><c>Crm:Secrets</c>: the folder with keys.json.</summary>
    public required string Secrets { get; init; }

    /// <summary><c>Crm:RolePrefix</c>: beginning of the roles' names; "crm".</summary>
    public required string RolePrefix { get; init; }

    /// <summary><c>Crm:PoolLimit</c>: no pool is larger; for many hosts on a small server.</summary>
    public int? PoolLimit { get; init; }

    /// <summary><c>Crm:Oidc:Authority</c>: the identity provider whose tokens are accepted. Required outside Development.</summary>
    public string? Authority { get; init; }

    /// <summary><c>Crm:Oidc:Audience</c>: the audience those tokens must name.</summary>
    public string? Audience { get; init; }

    /// <summary><c>Crm:RateLimit:Burst</c>: requests one caller may send at once.</summary>
    public required int Burst { get; init; }

    /// <summary><c>Crm:RateLimit:PerSecond</c>: requests one caller may send each second, in the long run.</summary>
    public required int PerSecond { get; init; }

    /// <summary><c>Crm:Outbox</c>: how deliveries are worked off.</summary>
    public required OutboxOptions Outbox { get; init; }

    /// <summary>Reads and checks the configuration.</summary>
    /// <exception cref="InvalidOperationException">Something is missing; the text says what to set.</exception>
    public static CrmSettings Read(IConfiguration configuration, IHostEnvironment environment)
    {
        var crm = configuration.GetSection("Crm");
        var development = environment.IsDevelopment();
        string Required(string key, string what) =>
            crm[key] ?? throw new InvalidOperationException($"Crm:{key} is not set (environment variable Crm__{key.Replace(":", "__", StringComparison.Ordinal)}): {what}.");
        return new CrmSettings
        {
            Development = development,
            Database = Required("Database", "host, port and database of PostgreSQL, e.g. Host=localhost;Port=5432;Database=crm"),
            Secrets = Required("Secrets", "the folder that holds keys.json"),
            RolePrefix = crm["RolePrefix"] ?? "crm",
            PoolLimit = crm.GetValue<int?>("PoolLimit"),
            Authority = development ? crm["Oidc:Authority"] : Required("Oidc:Authority", "the address of your OpenID Connect provider"),
            Audience = development ? crm["Oidc:Audience"] : Required("Oidc:Audience", "the audience its tokens name for this API"),
            Burst = crm.GetValue("RateLimit:Burst", 2_000),
            PerSecond = crm.GetValue("RateLimit:PerSecond", 1_000),
            Outbox = crm.GetSection("Outbox").Get<OutboxOptions>() ?? new OutboxOptions(),
        };
    }
}
