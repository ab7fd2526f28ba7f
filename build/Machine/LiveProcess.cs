using System.Diagnostics;

namespace Crm.Build.Machine;

/// <summary>Processes by their number.</summary>
internal static class LiveProcess
{
    /// <summary>
    /// The process, to be disposed of; null when there is none, or when it has ended and only its entry remains, which in a
    /// container without an init process is forever.
    /// </summary>
    public static Process? Find(int processId)
    {
        try
        {
            var process = Process.GetProcessById(processId);
            if (!HasEnded(processId)) return process;
            process.Dispose();
            return null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The processes that this one has started; none where the system does not tell.</summary>
    public static IReadOnlyList<int> Children(int processId)
    {
        var list = $"/proc/{processId}/task/{processId}/children";
        return File.Exists(list) ? [.. File.ReadAllText(list).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)] : [];
    }

    private static bool HasEnded(int processId)
    {
        try
        {
            // The state follows the name, which stands in parentheses and may itself contain some.
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[(stat.LastIndexOf(')') + 1)..].TrimStart()[0] is 'Z' or 'X';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
