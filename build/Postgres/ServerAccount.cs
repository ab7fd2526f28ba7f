using System.Diagnostics;
using Crm.Build.Machine;

namespace Crm.Build.Postgres;

/// <summary>
/// The operating-system user that PostgreSQL's programs run as. They refuse root, so root hands them to another user; everybody
/// else runs them as himself.
/// </summary>
/// <param name="Name">The user's name, for messages; null when the programs run as this process's own user.</param>
/// <param name="Ids">User and group id as <c>uid:gid</c>; empty when <paramref name="Name"/> is null.</param>
internal sealed record ServerAccount(string? Name, string Ids)
{
    /// <summary>Root's choice for a new cluster: Debian's <c>postgres</c>, or <c>nobody</c> on a machine without it.</summary>
    public static ServerAccount Choose()
    {
        if (!Environment.IsPrivilegedProcess) return new ServerAccount(null, "");
        if (Executables.Find("setpriv") is null)
            throw new ToolFailureException("PostgreSQL refuses to run as root, and setpriv (util-linux) to run it otherwise is missing.");
        var known = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3).ToList();
        var chosen = known.Find(fields => fields[0] == "postgres") ?? known.Find(fields => fields[0] == "nobody")
            ?? throw new ToolFailureException("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as.");
        return new ServerAccount(chosen[0], $"{chosen[2]}:{chosen[3]}");
    }

    /// <summary>The user that an existing folder belongs to, so that a cluster made as one user is not started as another.</summary>
    public async Task<ServerAccount> OwnerOfAsync(string folder, CancellationToken ct)
    {
        if (Name is null || !Directory.Exists(folder)) return this;
        var owner = await Subprocess.CaptureAsync("stat", ["-c", "%U %u:%g", folder], ct);
        return owner.Output.Trim().Split(' ') is [var name, var ids] && name != "root" ? new ServerAccount(name, ids) : this;
    }

    /// <summary>The program as this user would start it, without the caller's PostgreSQL settings and languages.</summary>
    public ProcessStartInfo Command(string program, params IEnumerable<string> args)
    {
        var start = Ids.Split(':') is [var user, var group]
            ? new ProcessStartInfo("setpriv", [$"--reuid={user}", $"--regid={group}", "--clear-groups", "--", program, .. args])
            : new ProcessStartInfo(program, args);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        start.WorkingDirectory = "/";
        return start;
    }

    /// <summary>Whether this user can reach the folder and write in it.</summary>
    public async Task<bool> CanWriteAsync(string folder, CancellationToken ct) =>
        (await Subprocess.CaptureAsync(Command("test", "-w", folder, "-a", "-x", folder), ct)).Succeeded;

    /// <summary>Makes the folder and all in it this user's own.</summary>
    public async Task TakeOverAsync(string folder, CancellationToken ct)
    {
        if (Name is null) return;
        var outcome = await Subprocess.CaptureAsync("chown", ["-R", Ids, folder], ct);
        if (!outcome.Succeeded) throw new ToolFailureException($"{folder} could not be handed to user {Name}: {outcome.LastLines()}");
    }
}
