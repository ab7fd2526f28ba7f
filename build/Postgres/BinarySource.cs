using Crm.Build.Machine;

namespace Crm.Build.Postgres;

/// <summary>What one source of PostgreSQL's programs has to offer.</summary>
/// <param name="Folders">Folders with programs, best first.</param>
/// <param name="Refusal">Why there are none, for a person; null when there are.</param>
internal sealed record BinarySource(IReadOnlyList<string> Folders, string? Refusal)
{
    private const string DebianVersions = "/usr/lib/postgresql";

    // Debian's server package starts a cluster of its own on port 5432, unless told not to before it is installed.
    private const string NoClusterFile = "/etc/postgresql-common/createcluster.conf";

    /// <summary>One folder, known to be there.</summary>
    public static BinarySource Of(string folder) => new([folder], null);

    /// <summary>Nothing, for this reason.</summary>
    public static BinarySource None(string refusal) => new([], refusal);

    /// <summary>The programs on the PATH.</summary>
    public static BinarySource OnPath() =>
        Executables.Find("pg_ctl") is { } program ? Of(Path.GetDirectoryName(program)!) : None("no pg_ctl on the PATH");

    /// <summary>Debian's server packages, which stay off the PATH: the newest version first.</summary>
    public static BinarySource OfSystem()
    {
        var folders = Directory.Exists(DebianVersions)
            ? Directory.GetDirectories(DebianVersions)
                .OrderByDescending(version => int.TryParse(Path.GetFileName(version), out var major) ? major : 0)
                .Select(version => Path.Combine(version, "bin"))
                .Where(bin => File.Exists(Path.Combine(bin, "postgres")))
                .ToList()
            : [];
        return folders.Count > 0 ? new BinarySource(folders, null) : None($"nothing in {DebianVersions}");
    }

    /// <summary>Debian's server package, installed now without the cluster it would start by itself.</summary>
    public static async Task<BinarySource> FromAptAsync(Action<string> say, CancellationToken ct)
    {
        if (!Debian.CanInstall) return None("only root can install packages, and only with apt");
        if (!File.Exists(NoClusterFile))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(NoClusterFile)!);
            await File.WriteAllTextAsync(NoClusterFile, "# No cluster is wanted on port 5432.\ncreate_main_cluster = false\n", ct);
        }

        return await Debian.InstallAsync(["postgresql"], say, ct) is { } refusal ? None($"apt-get failed: {refusal}") : OfSystem();
    }
}
