using Crm.Build.Machine;

namespace Crm.Build.Chaos;

/// <summary>A disk in memory that can be filled up. Needs root, to mount it.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string mount;

    private SmallDisk(string mount) => this.mount = mount;

    /// <summary>A folder on it, not yet made.</summary>
    public string Folder => Path.Combine(mount, "postgres");

    private string Ballast => Path.Combine(mount, "ballast");

    /// <summary>Mounts one.</summary>
    /// <exception cref="ToolFailureException">It cannot be mounted, as by anybody but root.</exception>
    public static async Task<SmallDisk> MountAsync(int megabytes, CancellationToken ct)
    {
        var mount = Directory.CreateTempSubdirectory("crm-disk-").FullName;
        var outcome = await Subprocess.CaptureAsync("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m,mode=0755", "tmpfs", mount], ct);
        if (outcome.Succeeded) return new SmallDisk(mount);
        Directory.Delete(mount);
        throw new ToolFailureException($"A small disk could not be mounted; that needs root: {outcome.LastLines()}");
    }

    /// <summary>Takes all space that is left.</summary>
    /// <returns>How many bytes that was.</returns>
    public long Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var piece in (byte[][])[new byte[1024 * 1024], new byte[4096]])
        {
            try
            {
                while (true) ballast.Write(piece);
            }
            catch (IOException)
            {
                // Full, up to pieces of this size.
            }
        }

        return ballast.Length;
    }

    /// <summary>Gives it back.</summary>
    public void Release() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        var outcome = await Subprocess.CaptureAsync("umount", ["-l", mount]);
        if (outcome.Succeeded) Directory.Delete(mount);
    }
}
