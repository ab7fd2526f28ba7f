using System.Security.Cryptography;
using Crm.Build.Machine;

namespace Crm.Build.Postgres;

/// <summary>The files of one private cluster: PostgreSQL's data, its port, two passwords, its log, and the lock of its owner.</summary>
/// <param name="Path">The folder; it belongs to the server's user and is closed to everybody else.</param>
/// <param name="Account">The server's user.</param>
internal sealed record ClusterFolder(string Path, ServerAccount Account)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>PostgreSQL's own data directory.</summary>
    public string Data => System.IO.Path.Combine(Path, "pgdata");

    /// <summary>What the server prints.</summary>
    public string Log => System.IO.Path.Combine(Path, "server.log");

    /// <summary>Held by the process that stops the server when it ends.</summary>
    public string Lock => System.IO.Path.Combine(Path, "lock");

    /// <summary>The version that made the data; null before that.</summary>
    public int? MadeBy =>
        System.IO.Path.Combine(Data, "PG_VERSION") is var file && File.Exists(file) ? int.Parse(File.ReadAllText(file)) : null;

    /// <summary>The TCP port of the last start; null before the first.</summary>
    public int? Port
    {
        get => File.Exists(PortFile) ? int.Parse(File.ReadAllText(PortFile)) : null;
        set => File.WriteAllText(PortFile, $"{value}\n");
    }

    private string PortFile => System.IO.Path.Combine(Path, "port");

    /// <summary>The file with the password of <paramref name="role"/>, which only the server's user (and root) may read.</summary>
    public string PasswordFile(string role) => System.IO.Path.Combine(Path, $"{role}.password");

    /// <summary>The password of <paramref name="role"/>; generated the first time.</summary>
    public string Password(string role)
    {
        var file = PasswordFile(role);
        if (!File.Exists(file))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var writer = new StreamWriter(file, options);
            writer.WriteLine(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
        }

        return File.ReadAllText(file).Trim();
    }

    /// <summary>
    /// The wished folder, or, where the server's user cannot enter it (a clone below root's home, say), one in the state folder that
    /// stands for it; that is said.
    /// </summary>
    public static async Task<ClusterFolder> OpenAsync(string wished, Action<string> say, CancellationToken ct)
    {
        var newcomer = ServerAccount.Choose();
        if (await TryAsync(wished) is { } inPlace) return inPlace;

        var elsewhere = System.IO.Path.Combine(StateFolder.Named(StateFolder.NameFor(wished)), "postgres");
        var folder = await TryAsync(elsewhere)
            ?? throw new ToolFailureException($"The database server's user {newcomer.Name} can enter neither {wished} nor {elsewhere}.");
        say($"the database lives in {elsewhere}: its user {newcomer.Name ?? Environment.UserName} cannot use {wished}");
        return folder;

        async Task<ClusterFolder?> TryAsync(string path)
        {
            var isNew = !Directory.Exists(path);
            if (!StateFolder.CanWrite(path)) return null;
            if (isNew) await newcomer.TakeOverAsync(path, ct);
            var account = await newcomer.OwnerOfAsync(path, ct);
            if (!await account.CanWriteAsync(path, ct))
            {
                if (isNew) Directory.Delete(path);
                return null;
            }

            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, OwnerOnly);
            return new ClusterFolder(path, account);
        }
    }

    /// <summary>
    /// The server that runs on this data now, from whichever start: its process and port; null when none does. A process that only
    /// inherited the number of a server that was killed is not taken for it, and the note that names it is removed.
    /// </summary>
    public (int ProcessId, int Port)? Running()
    {
        var note = System.IO.Path.Combine(Data, "postmaster.pid");
        if (!File.Exists(note)) return null;
        var lines = File.ReadAllLines(note);
        if (lines.Length < 4 || !int.TryParse(lines[0], out var processId) || !int.TryParse(lines[3], out var port)) return null;
        using var process = LiveProcess.Find(processId);
        if (process is { ProcessName: "postgres" } && WorksIn(processId) is null or true) return (processId, port);

        // While any process bears the noted number, PostgreSQL believes the note. One that names nobody it judges better by itself.
        if (Directory.Exists($"/proc/{processId}")) File.Delete(note);
        return null;
    }

    /// <summary>Whether the process works in this data directory, as its server does; null where the system does not tell.</summary>
    private bool? WorksIn(int processId)
    {
        var folder = new FileInfo($"/proc/{processId}/cwd").LinkTarget;
        return folder is null ? null : System.IO.Path.GetFullPath(folder) == RealPath(Data);
    }

    private static string RealPath(string path)
    {
        var parent = System.IO.Path.GetDirectoryName(path);
        if (parent is null) return path;
        var full = System.IO.Path.Combine(RealPath(parent), System.IO.Path.GetFileName(path));
        return Directory.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
    }
}
