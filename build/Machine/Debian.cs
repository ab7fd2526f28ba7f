using System.Diagnostics;

namespace Crm.Build.Machine;

/// <summary>Installing Debian's packages, where this process may.</summary>
internal static class Debian
{
    /// <summary>True as root on a machine with apt.</summary>
    public static bool CanInstall => Environment.IsPrivilegedProcess && Executables.Find("apt-get") is not null;

    /// <summary>Installs the packages with what they need and nothing they recommend; asks nothing, waits for another apt to end.</summary>
    /// <returns>Null when installed, otherwise the end of what apt said.</returns>
    public static async Task<string?> InstallAsync(IReadOnlyList<string> packages, Action<string> say, CancellationToken ct)
    {
        say($"installing Debian's {string.Join(", ", packages)} (apt-get)");

        // A stale package list still installs what the machine already knows, so a failed update is not the end.
        await AptAsync(["update"], ct);
        var outcome = await AptAsync(["install", "-y", "--no-install-recommends", .. packages], ct);
        return outcome.Succeeded ? null : outcome.LastLines();
    }

    private static Task<Outcome> AptAsync(IEnumerable<string> args, CancellationToken ct)
    {
        var start = new ProcessStartInfo("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3", .. args]);
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        return Subprocess.CaptureAsync(start, ct);
    }
}
