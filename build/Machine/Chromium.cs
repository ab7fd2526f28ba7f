namespace Crm.Build.Machine;

/// <summary>The browser of the test that uses the Swagger page as a person would.</summary>
public static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    /// <summary>Full path of a Chromium on this machine; null when there is none.</summary>
    public static string? Find() => Names.Select(Executables.Find).FirstOrDefault(found => found is not null);

    /// <summary>
    /// Installs Debian's Chromium when there is none and this process may; says so when the browser test will have to do without.
    /// </summary>
    internal static async Task ProvisionAsync(Action<string> say, CancellationToken ct)
    {
        if (Find() is not null) return;
        var refused = Debian.CanInstall
            ? await Debian.InstallAsync(["chromium"], say, ct)
            : "it can be installed here only by root, with apt";
        if (refused is not null) say($"no Chromium, so the browser test cannot look at a page: {refused}");
    }
}
