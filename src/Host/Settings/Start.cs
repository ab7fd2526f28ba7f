using Crm.Shared.Privacy;

namespace Crm.Host.Settings;

/// <summary>Something is missing or wrong in the configuration; the text is one paragraph for the person who started the process.</summary>
internal sealed class StartRefusedException(string message) : Exception(message)
{
    public StartRefusedException(IReadOnlyCollection<Finding> findings) : this(Start.Refusal(findings))
    {
    }
}

/// <summary>What a host needs before it starts; without it, it says in plain words all that is missing, and ends.</summary>
/// <param name="Settings">The configuration.</param>
/// <param name="Keys">The installation's keys.</param>
internal sealed record Start(CrmSettings Settings, KeyRing Keys)
{
    /// <summary>The exit code of a process whose configuration is wrong (EX_CONFIG of sysexits.h): starting again does not help.</summary>
    public const int Refused = 78;

    /// <summary>Reads configuration and keys; if something is missing, writes one paragraph naming all of it to the error stream and answers null.</summary>
    public static Start? Read(IConfiguration configuration, IHostEnvironment environment)
    {
        var development = environment.IsDevelopment();
        var reader = new SettingsReader(configuration, development);
        var settings = reader.Fill(new CrmSettings { Development = development }, "Crm");
        List<Finding> findings = [.. reader.Findings, .. settings.Check()];
        var keys = settings.Secrets.Length > 0 ? Open(settings.Secrets, create: development, findings) : null;
        if (findings.Count == 0) return new Start(settings, keys!);
        Console.Error.WriteLine(Refusal(findings));
        return null;
    }

    /// <summary>The keys; with a finding when they cannot be had.</summary>
    public static KeyRing? Open(string secrets, bool create, List<Finding> findings)
    {
        try
        {
            return KeyRing.Open(secrets, create);
        }
        catch (KeyRingException e)
        {
            findings.Add(new("Crm:Secrets", $"holds no usable keys: {e.Message}"));
            return null;
        }
    }

    /// <summary>One paragraph for the person who started the process.</summary>
    public static string Refusal(IReadOnlyCollection<Finding> findings) =>
        $"Crm does not start, because {(findings.Count == 1 ? "one setting is" : $"{findings.Count} settings are")} missing or wrong:\n"
        + string.Concat(findings.Select(f => $"- {f.Key}{(f.Key.Contains(':', StringComparison.Ordinal) ? $" (environment variable {f.Key.Replace(":", "__", StringComparison.Ordinal)})" : "")} {f.What}.\n"))
        + "Every setting is explained in docs/operations/configuration.md.";
}
