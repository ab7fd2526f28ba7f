using Crm.Build.Machine;

namespace Crm.Build.Hosting;

/// <summary>What a development installation keeps between runs.</summary>
/// <param name="Root">The folder named with <c>--data</c>, or <c>data</c> in the clone.</param>
internal sealed record DataFolder(string Root)
{
    /// <summary>The database cluster's files.</summary>
    public string Cluster => Path.Combine(Root, "postgres");

    /// <summary>Keys and passwords of the hosts; nobody else may look in.</summary>
    public string Secrets => Path.Combine(Root, "secrets");

    /// <summary>What the hosts print.</summary>
    public string Logs => Path.Combine(Root, "logs");

    /// <summary>The log of the host with this number, counted from 1.</summary>
    public string HostLog(int number) => Path.Combine(Logs, $"host-{number}.log");

    /// <summary>
    /// Opens the wished folder, or, where this user may not write, one in the state folder that stands for it; that is said.
    /// </summary>
    /// <param name="wished">As typed, relative to the current folder; null for the clone's own.</param>
    /// <param name="say">Told of another folder.</param>
    public static DataFolder Open(string? wished, Action<string> say)
    {
        var path = Path.GetFullPath(wished ?? Path.Combine(Repository.Root, "data"));
        if (!StateFolder.CanWrite(path))
        {
            var elsewhere = StateFolder.Named(StateFolder.NameFor(path));
            say($"{path} cannot be written by user {Environment.UserName}: using {elsewhere}");
            path = elsewhere;
        }

        var folder = new DataFolder(path);
        Directory.CreateDirectory(folder.Logs);
        Directory.CreateDirectory(folder.Secrets);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.Secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    /// <summary>Held while a run command works on the folder.</summary>
    /// <exception cref="ToolFailureException">Another run command does.</exception>
    public FolderLock TakeForRun() => FolderLock.TryTake(Path.Combine(Root, "run.lock"))
        ?? throw new ToolFailureException($"build/run already works on {Root}. Stop it first, or name another folder with --data.");
}
