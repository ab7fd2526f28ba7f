using Crm.Build.Machine;

namespace Crm.Build.Postgres;

/// <summary>Clusters that live as long as one test process, in the temporary folder.</summary>
internal static class TestCluster
{
    private const string Prefix = "crm-test-";

    // A folder younger than this may belong to a process that has not come to taking its lock.
    private static readonly TimeSpan Childhood = TimeSpan.FromMinutes(1);

    /// <summary>Starts a new cluster, after clearing away those whose process was killed.</summary>
    public static async Task<PostgresCluster> StartAsync(Action<string> say, CancellationToken ct)
    {
        await ClearAsync(ct);
        var folder = Path.Combine(Path.GetTempPath(), $"{Prefix}{Guid.NewGuid():N}"[..(Prefix.Length + 10)]);
        return await PostgresCluster.StartAsync(folder, durable: false, throwAway: true, say, ct);
    }

    private static async Task ClearAsync(CancellationToken ct)
    {
        var account = ServerAccount.Choose();
        foreach (var path in Directory.GetDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            if (TimeProvider.System.GetUtcNow() - Directory.GetCreationTimeUtc(path) < Childhood) continue;

            // Root could stop anybody's server: only folders of the user that ours run as are touched.
            if (await account.OwnerOfAsync(path, ct) != account) continue;
            await ClearAsync(new ClusterFolder(path, account));
        }
    }

    private static async Task ClearAsync(ClusterFolder folder)
    {
        try
        {
            using var ownership = FolderLock.TryTake(folder.Lock);
            if (ownership is null) return;
            if (folder.Running() is { } left)
            {
                Signal.Kill(left.ProcessId);
                await Signal.GoneAsync(left.ProcessId, TimeSpan.FromSeconds(10));
            }

            Directory.Delete(folder.Path, recursive: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
        }
    }
}
