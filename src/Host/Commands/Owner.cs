using Crm.Host.Settings;
using Crm.Shared.Privacy;
using Npgsql;

namespace Crm.Host.Commands;

/// <summary>How the console commands sign in to the database: as the role that owns everything in it, and which no host has.</summary>
internal static class Owner
{
    private const string Variable = "CRM_MIGRATION_DATABASE";

    /// <summary>The configuration of a console command.</summary>
    public static IConfiguration Configuration { get; } = new ConfigurationBuilder().AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build();

    /// <summary>The connection string; or a finding.</summary>
    public static string? Read(List<Finding> findings)
    {
        const string Form = "the connection string of the role that owns the database's schemas, e.g. Host=localhost;Port=5432;Database=crm;Username=crm_owner;Password=…";
        var text = Configuration[Variable];
        if (string.IsNullOrEmpty(text)) findings.Add(new(Variable, $"is missing: {Form}"));
        else if (!IsComplete(text)) findings.Add(new(Variable, $"is not {Form}"));
        else return text;
        return null;
    }

    /// <summary>The connection string.</summary>
    /// <exception cref="StartRefusedException">It is missing or wrong.</exception>
    public static string Read()
    {
        var findings = new List<Finding>();
        return Read(findings) ?? throw new StartRefusedException(findings);
    }

    /// <summary>The connection string, and the keys of the installation with the settings they were found by.</summary>
    /// <param name="create">Makes the keys where there are none.</param>
    /// <exception cref="StartRefusedException">Something is missing or wrong; all of it is named.</exception>
    public static (string Connection, KeyRing Keys, CrmSettings Settings) ReadWithKeys(bool create = false)
    {
        var findings = new List<Finding>();
        var connection = Read(findings);
        var keys = Keys(findings, create, out var settings);
        return findings.Count > 0 ? throw new StartRefusedException(findings) : (connection!, keys!, settings);
    }

    /// <summary>The keys alone.</summary>
    /// <exception cref="StartRefusedException">They are missing.</exception>
    public static KeyRing ReadKeys()
    {
        var findings = new List<Finding>();
        var keys = Keys(findings, create: false, out _);
        return findings.Count > 0 ? throw new StartRefusedException(findings) : keys!;
    }

    private static KeyRing? Keys(List<Finding> findings, bool create, out CrmSettings settings)
    {
        var reader = new SettingsReader(Configuration, development: true);
        settings = reader.Fill(new CrmSettings(), "Crm");
        findings.AddRange(reader.Findings.Where(f => f.Key is "Crm:Secrets" or "Crm:RolePrefix"));
        return settings.Secrets.Length > 0 ? Start.Open(settings.Secrets, create, findings) : null;
    }

    private static bool IsComplete(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text) is { Host.Length: > 0, Database.Length: > 0, Username.Length: > 0 };
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
