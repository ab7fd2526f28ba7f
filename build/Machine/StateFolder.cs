using System.Security.Cryptography;
using System.Text;

namespace Crm.Build.Machine;

/// <summary>Folders outside the clone, for what cannot live in it.</summary>
internal static class StateFolder
{
    /// <summary>
    /// A folder of this name that this user may write: <c>/var/lib/crm</c> for root, where every user may pass through; otherwise
    /// the user's state folder (<c>$XDG_STATE_HOME</c>, <c>~/.local/state</c>); the temporary one, which outlives a restart, without
    /// either.
    /// </summary>
    public static string Named(string name)
    {
        var candidates = Environment.IsPrivilegedProcess
            ? [Path.Combine("/var/lib/crm", name), $"/var/tmp/crm-{name}"]
            : (string?[])[
                Below(Environment.GetEnvironmentVariable("XDG_STATE_HOME"), "crm", name),
                Below(Environment.GetEnvironmentVariable("HOME"), ".local/state/crm", name),
                $"/var/tmp/crm-{Environment.UserName}-{name}"];
        return candidates.OfType<string>().FirstOrDefault(folder => CanWrite(folder) && IsOwn(folder))
            ?? throw new ToolFailureException($"None of these folders can be written: {string.Join(", ", candidates.OfType<string>())}.");
    }

    /// <summary>Stands for a path that could not be used: the same name each time, another for every path.</summary>
    public static string NameFor(string path) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(path))))[..12];

    /// <summary>Makes the folder when it is missing, and says whether this user may make files in it.</summary>
    public static bool CanWrite(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return true;
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }

    /// <summary>Only the owner may set a mode, so a folder that somebody else left under a name anybody can foretell is not used.</summary>
    private static bool IsOwn(string folder)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        const UnixFileMode PassThrough =
            UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        try
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, Environment.IsPrivilegedProcess ? Owner | PassThrough : Owner);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? Below(string? home, string between, string name) =>
        Path.IsPathRooted(home) ? Path.Combine(home, between, name) : null;
}
