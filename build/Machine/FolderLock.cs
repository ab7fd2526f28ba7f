namespace Crm.Build.Machine;

/// <summary>
/// Says which process owns a folder: held as long as the process lives, however it ends, so a lock that can be taken means
/// that the earlier owner is gone.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock in <paramref name="file"/>; null while another process holds it.</summary>
    public static FolderLock? TryTake(string file)
    {
        try
        {
            return new FolderLock(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
