using System.ComponentModel.DataAnnotations;
using Crm.Organization.Contracts;
using Crm.Shared.Audit;
using Crm.Shared.Events;
using Crm.Shared.Retention;
using NodaTime;
using Npgsql;

namespace Crm.Host.Settings;

/// <summary>The host's configuration, section <c>Crm</c> (environment variables <c>Crm__…</c>). What stands here is what docs/operations/configuration.md says.</summary>
internal sealed record CrmSettings
{
    /// <summary>True in the environment Development, which has the test clock and the token issuer, and nowhere else.</summary>
    [NotASetting]
    public bool Development { get; init; }

    /// <summary>Host, port and database of PostgreSQL, as a connection string without a user: each module signs in as its own role.</summary>
    [Needed("host, port and database of PostgreSQL, e.g. Host=localhost;Port=5432;Database=crm")]
    public string Database { get; init; } = "";

    /// <summary>The folder with keys.json, which `migrate` makes. Back it up, apart from the database: without it phones cannot be read.</summary>
    [Needed("the folder that holds keys.json, e.g. /var/lib/crm/secrets")]
    public string Secrets { get; init; } = "";

    /// <summary>Beginning of the names of PostgreSQL's roles, for two installations on one cluster: small letters, digits and underscores.</summary>
    [RegularExpression("[a-z][a-z0-9_]{0,30}")]
    public string RolePrefix { get; init; } = "crm";

    /// <summary>No connection pool is larger; for many hosts on a small server. Without it the pools of one host may hold 40 connections together.</summary>
    [Range(1, 100)]
    public int? PoolLimit { get; init; }

    /// <summary>Addresses and networks of the proxies in front of the hosts, with commas between them: 10.0.0.5, 10.1.0.0/16. What they say in X-Forwarded-For and X-Forwarded-Proto counts; without this setting, or from anybody else, it is ignored.</summary>
    public string? KnownProxies { get; init; }

    /// <summary>A host that is asked to end goes on serving for so long, not ready and closing each connection with its answer; then it stops listening. Longer than the proxy in front leaves a connection unused, if nothing at all may be cut off.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(3);

    /// <inheritdoc cref="OidcSettings"/>
    public OidcSettings Oidc { get; init; } = new();

    /// <inheritdoc cref="RateLimitSettings"/>
    public RateLimitSettings RateLimit { get; init; } = new();

    /// <inheritdoc cref="OutboxOptions"/>
    public OutboxOptions Outbox { get; init; } = new();

    /// <inheritdoc cref="RetentionOptions"/>
    public RetentionOptions Retention { get; init; } = new();

    /// <inheritdoc cref="AuditOptions"/>
    public AuditOptions Audit { get; init; } = new();

    /// <inheritdoc cref="DeliveryOptions"/>
    public DeliveryOptions Deliveries { get; init; } = new();

    /// <inheritdoc cref="WebhookOptions"/>
    public WebhookOptions Webhooks { get; init; } = new();

    /// <inheritdoc cref="MailOptions"/>
    public MailOptions Mail { get; init; } = new();

    /// <inheritdoc cref="TelemetrySettings"/>
    public TelemetrySettings Telemetry { get; init; } = new();

    /// <summary>What the type and range of a single setting cannot say.</summary>
    public IEnumerable<Finding> Check()
    {
        if (Database.Length > 0 && !NamesADatabase(Database)) yield return new("Crm:Database", "is not a connection string with Host and Database, like Host=localhost;Port=5432;Database=crm");
        // Tokens are verified with keys fetched from there: over plain http anybody on the way could put theirs in.
        if (Oidc.Authority is { } authority && authority.Scheme != Uri.UriSchemeHttps && !(authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback))
            yield return new("Crm:Oidc:Authority", "must begin with https:// (http:// is good for this machine's own addresses only)");
        if (Access.KnownProxies.Parse(KnownProxies ?? "") is null) yield return new("Crm:KnownProxies", "must be addresses or networks with commas between them, like 10.0.0.5, 10.1.0.0/16");
        if (Audit.Anchors is { } folder && !Directory.Exists(folder)) yield return new("Crm:Audit:Anchors", "must be a folder that is there, and that this user may write into");
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(Audit.Zone) is null) yield return new("Crm:Audit:Zone", "must be an IANA time zone, like Asia/Shanghai");
        if (DeliveryOptions.ParseRetries(Deliveries.Retries) is null) yield return new("Crm:Deliveries:Retries", "must be times with commas between them, none longer than a week, like 00:00:05, 00:05:00, 1.00:00:00");
        if (Deliveries.Lease <= Deliveries.Timeout) yield return new("Crm:Deliveries:Lease", "must be longer than Crm:Deliveries:Timeout");
        foreach (var (part, wrong) in Mail.Faults()) yield return new($"Crm:Mail:{part}", wrong);
        if (Outbox.FirstBackoff > Outbox.MaxBackoff) yield return new("Crm:Outbox:FirstBackoff", "must not be longer than Crm:Outbox:MaxBackoff");
    }

    private static bool NamesADatabase(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text) is { Host.Length: > 0, Database.Length: > 0 };
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }
}

/// <summary>Signing in of people, by the tokens of an OpenID Connect provider.</summary>
internal sealed record OidcSettings
{
    /// <summary>The provider's address (issuer), under which /.well-known/openid-configuration is found. https, except on this machine itself.</summary>
    [Needed("the address of your OpenID Connect provider, e.g. https://login.example.com/realms/crm", OutsideDevelopmentOnly = true)]
    public Uri? Authority { get; init; }

    /// <summary>The audience (`aud`) that the provider's tokens name for this API.</summary>
    [Needed("the audience that your provider's tokens name for this API, e.g. crm", OutsideDevelopmentOnly = true)]
    public string? Audience { get; init; }
}

/// <summary>Traces and metrics by OTLP (docs/operations/telemetry.md). Nothing is sent while neither `Crm:Telemetry:Endpoint` nor the standard variable `OTEL_EXPORTER_OTLP_ENDPOINT` is set.</summary>
internal sealed record TelemetrySettings
{
    /// <summary>Where an OpenTelemetry collector takes OTLP over HTTP, e.g. http://collector:4318; /v1/traces and /v1/metrics are added. Other protocols: the standard variables.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The share of requests that are traced, unless the caller has decided it. 0 is none, 1 is all.</summary>
    [Range(0.0, 1.0)]
    public double TraceShare { get; init; } = 1;
}

/// <summary>Limits per caller and host.</summary>
internal sealed record RateLimitSettings
{
    /// <summary>Requests one caller may send at once.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; init; } = 2_000;

    /// <summary>Requests one caller may send each second, in the long run.</summary>
    [Range(1, 1_000_000)]
    public int PerSecond { get; init; } = 1_000;
}
