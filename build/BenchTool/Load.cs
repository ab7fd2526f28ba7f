using System.Diagnostics;
using System.Globalization;

namespace Crm.Build.Bench;

/// <summary>Clients that ask again as soon as they are answered, each on a thread and a connection of its own, as pgbench's do.</summary>
internal static class Load
{
    /// <summary>One round of load.</summary>
    /// <param name="host">Who is asked.</param>
    /// <param name="clients">How many at once.</param>
    /// <param name="length">How long.</param>
    /// <param name="next">Makes the next request; called from any thread.</param>
    /// <param name="meter">Measures whose processor time it takes.</param>
    /// <exception cref="InvalidDataException">A request was not answered with success; the message quotes the answer.</exception>
    public static async Task<Turn> RunAsync(Uri host, int clients, TimeSpan length, Func<byte[]> next, CpuMeter meter)
    {
        using var together = new Barrier(clients + 1);
        var threads = Enumerable.Range(0, clients).Select(_ => new WireClient(host)).ToArray()
            .Select(client => Task.Factory.StartNew(() => Work(client, length, next, together), TaskCreationOptions.LongRunning)).ToArray();
        await Task.Run(() => together.SignalAndWait());
        var (before, watch) = (meter.Read(), Stopwatch.StartNew());
        var latencies = await Task.WhenAll(threads);
        var seconds = watch.Elapsed.TotalSeconds;
        return Turn.Of([.. latencies.SelectMany(l => l)], seconds, meter.Read() - before);
    }

    /// <summary>Sends these requests at a steady pace, whether or not earlier ones have been answered.</summary>
    /// <returns>How many seconds it took.</returns>
    /// <exception cref="InvalidDataException">A request was not answered with success; the message quotes the answer.</exception>
    public static async Task<double> PacedAsync(Uri host, int clients, int perSecond, IReadOnlyList<byte[]> requests)
    {
        var (next, watch) = (-1, Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Factory.StartNew(Work, TaskCreationOptions.LongRunning)));
        return watch.Elapsed.TotalSeconds;

        void Work()
        {
            using var client = new WireClient(host);
            while (Interlocked.Increment(ref next) is var turn && turn < requests.Count)
            {
                var wait = TimeSpan.FromSeconds((double)turn / perSecond) - watch.Elapsed;
                if (wait > TimeSpan.Zero) Thread.Sleep(wait);
                client.Succeed(requests[turn]);
            }
        }
    }

    /// <summary>How many processes the machine wanted to run in the last minute; 0 where it does not say.</summary>
    public static double Of1Minute() => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : 0;

    private static List<double> Work(WireClient connection, TimeSpan length, Func<byte[]> next, Barrier together)
    {
        using var client = connection;
        var latencies = new List<double>(100_000);
        together.SignalAndWait();
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < length;)
        {
            var request = next();
            var sent = Stopwatch.GetTimestamp();
            client.Succeed(request);
            latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        return latencies;
    }
}
