namespace Crm.Build.Machine;

/// <summary>A program that one test uses for real, and that a machine may lack.</summary>
/// <param name="Package">Debian's package.</param>
/// <param name="WithoutIt">What cannot be tested without it.</param>
/// <param name="Names">What it is called, by different distributions.</param>
public sealed record TestProgram(string Package, string WithoutIt, params string[] Names)
{
    /// <summary>The browser of the test that uses the Swagger page as a person would.</summary>
    public static readonly TestProgram Chromium = new(
        "chromium", "the browser test cannot look at a page", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    /// <summary>The proxy of the test that does what docs/operations/two-hosts.md describes.</summary>
    public static readonly TestProgram Nginx = new("nginx-light", "two hosts behind a proxy cannot be tried", "nginx", "/usr/sbin/nginx");

    /// <summary>Its full path on this machine; null when there is none.</summary>
    public string? Find() => Names.Select(Executables.Find).FirstOrDefault(found => found is not null);

    /// <summary>Installs Debian's package when there is none and this process may; says so when the test will have to do without.</summary>
    internal async Task ProvisionAsync(Action<string> say, CancellationToken ct)
    {
        if (Find() is not null) return;
        var refused = Debian.CanInstall
            ? await Debian.InstallAsync([Package], say, ct)
            : "it can be installed here only by root, with apt";
        if (refused is not null) say($"no {Package}, so {WithoutIt}: {refused}");
    }
}
