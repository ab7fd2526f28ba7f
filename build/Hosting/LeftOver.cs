using System.Diagnostics;
using System.Globalization;
using Crm.Build.Machine;

namespace Crm.Build.Hosting;

/// <summary>
/// Hosts that outlive a run command that was killed, which would keep their port busy. A note beside each log says which process writes
/// it, so that the next run on the same data folder can end it.
/// </summary>
internal static class LeftOver
{
    // Read from the kernel's clock at different moments, the start of one process differs by a little.
    private static readonly TimeSpan Imprecision = TimeSpan.FromSeconds(2);

    /// <summary>Notes the process that writes this log.</summary>
    public static void Note(string log, Process process) =>
        File.WriteAllText(
            NoteFor(log), string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime().Ticks}\n"));

    /// <summary>The process has ended.</summary>
    public static void Forget(string log) => File.Delete(NoteFor(log));

    /// <summary>Ends every noted host that still runs.</summary>
    public static async Task EndAsync(string logs, Action<string> say)
    {
        foreach (var note in Directory.GetFiles(logs, "*.pid"))
        {
            if (Find(await File.ReadAllTextAsync(note)) is { } processId)
            {
                say($"a host of an earlier run (process {processId}) was still there: ended");
                Signal.Terminate(processId);
                if (!await Signal.GoneAsync(processId, TimeSpan.FromSeconds(30))) Signal.Kill(processId);
            }

            File.Delete(note);
        }
    }

    /// <summary>The noted process, unless it is gone and its number belongs to another.</summary>
    private static int? Find(string note)
    {
        if (note.Trim().Split(' ') is not [var id, var ticks]) return null;
        if (!int.TryParse(id, out var processId) || !long.TryParse(ticks, out var start)) return null;
        using var process = LiveProcess.Find(processId);
        if (process is null) return null;
        return (process.StartTime.ToUniversalTime() - new DateTime(start, DateTimeKind.Utc)).Duration() < Imprecision ? processId : null;
    }

    private static string NoteFor(string log) => Path.ChangeExtension(log, ".pid");
}
