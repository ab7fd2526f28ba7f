using Crm.Host.Settings;
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
