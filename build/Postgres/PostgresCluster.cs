using System.Diagnostics;
using Crm.Build.Machine;

namespace Crm.Build.Postgres;

/// <summary>
/// A PostgreSQL server of our own, in a folder of our own, on a loopback port of our own. The first process to open the folder owns
/// the server and stops it when it ends; a server left over from an owner that was killed is taken over. Others that open
/// the same folder meanwhile use the running server and leave it running.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    internal const string Superuser = "postgres";

    private const int Attempts = 10;

    private readonly ClusterFolder folder;
    private readonly FolderLock? ownership;
    private readonly bool durable, throwAway;
    private readonly IReadOnlyList<string> settings;

    private PostgresCluster(
        ClusterFolder folder, PostgresBinaries binaries, FolderLock? ownership, bool durable, bool throwAway, IReadOnlyList<string> settings)
    {
        (this.folder, Binaries, this.ownership, this.durable, this.throwAway, this.settings) =
            (folder, binaries, ownership, durable, throwAway, settings);
    }

    /// <summary>The programs that run the server.</summary>
    public PostgresBinaries Binaries { get; }

    /// <summary>TCP port on 127.0.0.1, below 32768.</summary>
    public int Port { get; private set; }

    /// <summary>Everything the server has printed since the folder was made.</summary>
    public string LogFile => folder.Log;

    /// <summary>Process id of the server, another after each start; null while it does not run.</summary>
    public int? ProcessId => folder.Running()?.ProcessId;

    /// <summary>Whether this process stops the server in the end.</summary>
    public bool IsOwner => ownership is not null;

    /// <summary>Starts the cluster in the folder, making it first where there is none, or joins the process that has it running.</summary>
    /// <param name="folder">Where it is wished; see <see cref="ClusterFolder.OpenAsync"/> for where it may be instead.</param>
    /// <param name="durable">False for tests only: what is committed may be lost with the machine.</param>
    /// <param name="throwAway">The folder is deleted in the end.</param>
    /// <param name="say">Told what a person may want to know.</param>
    /// <param name="ct">Stops the start.</param>
    /// <exception cref="ToolFailureException">There are no programs, or the server does not start; the message holds its last
    /// words.</exception>
    /// <param name="settings">Settings beside the usual ones, see <see cref="ServerSettings.For"/>; null for none.</param>
    internal static async Task<PostgresCluster> StartAsync(
        string folder, bool durable, bool throwAway, Action<string> say, CancellationToken ct, IReadOnlyList<string>? settings = null)
    {
        var place = await ClusterFolder.OpenAsync(folder, say, ct);
        var ownership = FolderLock.TryTake(place.Lock);
        try
        {
            var binaries = await PostgresBinaries.FindAsync(place.Account, place.MadeBy, say, ct);
            var cluster = new PostgresCluster(place, binaries, ownership, durable, throwAway, settings ?? []);
            await (ownership is null ? cluster.JoinAsync(ct) : cluster.OpenAsync(say, ct));
            return cluster;
        }
        catch
        {
            ownership?.Dispose();
            throw;
        }
    }

    internal string Password(string role) => folder.Password(role);

    /// <summary>
    /// Ends the server at once, without a checkpoint or goodbye, as a crash would; <see cref="ResumeAsync"/> starts it again.
    /// </summary>
    /// <param name="withBackends">All of its processes at the same moment; otherwise the others notice, and end by themselves.</param>
    public async Task KillAsync(bool withBackends = false)
    {
        if (ProcessId is not { } running) return;
        var family = withBackends ? LiveProcess.Children(running) : [];
        Signal.Kill(running);
        foreach (var backend in family) Signal.Kill(backend);
        await Signal.GoneAsync(running, TimeSpan.FromSeconds(10));
    }

    /// <summary>Stops the server cleanly, ending its connections; <see cref="ResumeAsync"/> starts it again.</summary>
    public Task StopAsync() => StopAsync("fast");

    /// <summary>Starts the server again on the same port and data, after a stop or a kill; waits until it accepts connections.</summary>
    public Task ResumeAsync(CancellationToken ct = default) => LaunchAsync(mayMove: false, ct);

    /// <summary>Stops the server if this process owns it, and deletes the folder of one to be thrown away.</summary>
    public async ValueTask DisposeAsync()
    {
        if (ownership is null) return;
        await StopAsync(throwAway ? "immediate" : "fast");
        ownership.Dispose();
        if (throwAway) Directory.Delete(folder.Path, recursive: true);
    }

    private async Task OpenAsync(Action<string> say, CancellationToken ct)
    {
        if (folder.MadeBy is null) await NewCluster.MakeAsync(folder, Binaries, ct);
        if (folder.Running() is { } left)
        {
            Port = left.Port;
            say("the database server of an earlier run was still there: taken over");
        }
        else
        {
            await LaunchAsync(mayMove: true, ct);
        }
    }

    private async Task JoinAsync(CancellationToken ct)
    {
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(250, ct))
        {
            if (folder.Running() is not { } running) continue;
            Port = running.Port;
            return;
        }

        throw new ToolFailureException($"Another process owns the cluster in {folder.Path} but does not start it.");
    }

    /// <summary>
    /// A server that was killed is followed for a moment by its children, which still hold its memory and keep a new one
    /// from starting; and a port can be lost to another program between choosing and using it. Both pass, so it is tried again.
    /// </summary>
    private async Task LaunchAsync(bool mayMove, CancellationToken ct)
    {
        var outcome = new Outcome(0, "");
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (attempt > 0) await Task.Delay(TimeSpan.FromSeconds(1), ct);
            Port = folder.Port is { } kept && (!mayMove || FreePort.IsFree(kept)) ? kept : FreePort.Choose();
            folder.Port = Port;
            outcome = await PgCtlAsync(["start", "-w", "-t", "600", "-s", "-l", folder.Log, "-o", ServerSettings.For(Port, durable, settings)], ct);
            if (outcome.Succeeded) return;
        }

        var log = File.Exists(folder.Log) ? string.Join('\n', File.ReadLines(folder.Log).TakeLast(15)) : "";
        throw new ToolFailureException($"The database server did not start in {folder.Path}:\n{outcome.LastLines()}\n{log}");
    }

    private async Task StopAsync(string mode)
    {
        if (folder.Running() is null) return;
        var outcome = await PgCtlAsync(["stop", "-w", "-t", "60", "-s", "-m", mode], CancellationToken.None);
        if (!outcome.Succeeded && folder.Running() is not null)
            throw new ToolFailureException($"The database server in {folder.Path} did not stop:\n{outcome.LastLines()}");
    }

    private Task<Outcome> PgCtlAsync(IEnumerable<string> args, CancellationToken ct) =>
        Subprocess.CaptureAsync(folder.Account.Command(Binaries.PgCtl, ["-D", folder.Data, .. args]), ct);
}
