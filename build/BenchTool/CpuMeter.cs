using System.Globalization;

namespace Crm.Build.Bench;

/// <summary>Processor time in microseconds, by who used it.</summary>
internal sealed record CpuSplit(double Host, double Database, double Clients)
{
    public CpuSplit Each(int requests) => new(Host / requests, Database / requests, Clients / requests);

    public static CpuSplit operator -(CpuSplit later, CpuSplit earlier) =>
        new(later.Host - earlier.Host, later.Database - earlier.Database, later.Clients - earlier.Clients);
}

/// <summary>
/// Reads the kernel's account of processor time: of the hosts, of the database server with its backends (those that have ended included), and
/// of whoever makes the load.
/// </summary>
/// <param name="postmaster">The database server's process.</param>
/// <param name="hosts">The hosts' processes.</param>
internal sealed class CpuMeter(int postmaster, IReadOnlyCollection<int> hosts)
{
    // Linux counts in hundredths of a second towards programs, on every architecture .NET runs on.
    private const double MicrosecondsPerTick = 10_000;

    /// <summary>The account so far; the difference of two readings is the time in between.</summary>
    public CpuSplit Read()
    {
        var all = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _))
            .Select(name => Stat(int.Parse(name!, CultureInfo.InvariantCulture))).OfType<ProcessTimes>().ToList();
        double Sum(Func<ProcessTimes, bool> whose, bool ended) =>
            MicrosecondsPerTick * all.Where(whose).Sum(p => p.Own + (ended ? p.EndedChildren : 0));
        return new CpuSplit(
            Sum(p => hosts.Contains(p.Id), ended: false),
            Sum(p => p.Id == postmaster, ended: true) + Sum(p => p.Parent == postmaster, ended: false),
            Sum(p => p.Id == Environment.ProcessId, ended: true));
    }

    private static ProcessTimes? Stat(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");

            // The name stands in parentheses and may itself contain some; after it, the fields from the third on.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
            return new ProcessTimes(processId, (int)Field(4), Own: Field(14) + Field(15), EndedChildren: Field(16) + Field(17));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record ProcessTimes(int Id, int Parent, long Own, long EndedChildren);
}
