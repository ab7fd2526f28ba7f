using Crm.Build.Machine;

namespace Crm.Build.Postgres;

/// <summary>Makes the data of a new cluster.</summary>
internal static class NewCluster
{
    /// <summary>
    /// UTF-8, sorted by code point on every machine, entered with passwords only. An attempt that was cut short leaves nothing that
    /// a later one takes for a cluster.
    /// </summary>
    public static async Task MakeAsync(ClusterFolder folder, PostgresBinaries binaries, CancellationToken ct)
    {
        folder.Password(PostgresCluster.Superuser);
        await folder.Account.TakeOverAsync(folder.Path, ct);

        var outcome = await InitAsync("--locale=C.UTF-8");
        if (!outcome.Succeeded) outcome = await InitAsync("--no-locale");
        if (!outcome.Succeeded) throw new ToolFailureException($"initdb could not make a cluster in {folder.Path}:\n{outcome.LastLines()}");
        Directory.Move(Unfinished(folder), folder.Data);

        async Task<Outcome> InitAsync(string locale)
        {
            if (Directory.Exists(Unfinished(folder))) Directory.Delete(Unfinished(folder), recursive: true);
            return await Subprocess.CaptureAsync(
                folder.Account.Command(
                    binaries.Initdb, "-D", Unfinished(folder), "-E", "UTF8", locale, "--auth=scram-sha-256",
                    "-U", PostgresCluster.Superuser, $"--pwfile={folder.PasswordFile(PostgresCluster.Superuser)}"),
                ct);
        }
    }

    private static string Unfinished(ClusterFolder folder) => folder.Data + ".unfinished";
}
