using System.Diagnostics;
using NodaTime;

namespace Crm.Build.Replay;

/// <summary><c>./build/replay FILE</c>: recorded tickets through the public API at their recorded times, then the reckoning.</summary>
internal static class ReplayCommand
{
    /// <summary>After the last recorded instant, long enough that every clock of what is still open has rung.</summary>
    private static readonly Duration Aftermath = Duration.FromDays(40);

    private const int Matched = 0, Mismatched = 1, NotMade = 2;

    public static async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(ReplayOptions.Usage);
            return Matched;
        }

        try
        {
            return await ReplayAsync(ReplayOptions.Parse(args), ct);
        }
        catch (NotEmptyException refused)
        {
            Console.Error.WriteLine(
                "The database already holds later instants than the record begins with: the replay needs an empty one.\n"
                + $"Start it with ./build/run --fresh and replay again.\n{refused.Message}");
        }
        catch (Exception failed) when (failed is InvalidDataException or IOException or TimeoutException or HttpRequestException)
        {
            Console.Error.WriteLine($"The replay could not be made: {failed.Message}");
        }

        return NotMade;
    }

    private static async Task<int> ReplayAsync(ReplayOptions options, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var tickets = TicketFile.Read(options.File, options.Limit);
        if (tickets.Count == 0) throw new InvalidDataException($"{options.File} holds no tickets");
        var steps = Timeline.Of(tickets);
        var end = steps[^1].At + Aftermath;
        Console.WriteLine(
            $"{tickets.Count:N0} tickets, {steps.Count:N0} instants from {Wire.Text(steps[0].At)} to {Wire.Text(steps[^1].At)}");

        await FindHostsAsync(options.Nodes, ct);
        var (traffic, findings) = (new Traffic(), new Findings());
        using var client = new CrmClient(options.Nodes, options.Staff, TimeSpan.FromSeconds(90), traffic);
        var (clock, centre) = (new TestClock(client), new CallCentre(client, options.Project, findings));
        await WorkAsync(steps, clock, centre, watch, ct);
        await centre.SettleAsync();
        await clock.SetAsync(end, ct);
        Console.WriteLine($"{watch.Elapsed:m\\:ss}  worked through; reading everything back");

        var expected = tickets.ToDictionary(t => t, t => Expectation.Of(t, end));
        var actual = await ReadBack.MadeAsync(client, options.Project, ct);
        new Comparison(expected, centre.Cases, findings).Make(actual);
        foreach (var failure in traffic.Failures) findings.Add("server error", failure);

        Console.WriteLine();
        ReplayTable.Print(Console.Out, expected, centre, actual);
        Console.WriteLine(
            $"\n{traffic.Requests:N0} requests in {watch.Elapsed:m\\:ss}, {clock.Handled:N0} events handled, {traffic.Retries:N0} retries "
            + $"({traffic.Busy:N0} in progress, {traffic.Limited:N0} over the limit, {traffic.Away:N0} unavailable, "
            + $"{traffic.Broken:N0} broken connections)\n");
        findings.Print(Console.Out);
        return findings.Count == 0 ? Matched : Mismatched;
    }

    /// <summary>Sets the clock to each recorded instant, then does all that happens at it, up to 16 at once.</summary>
    private static async Task WorkAsync(
        IReadOnlyList<Step> steps, TestClock clock, CallCentre centre, Stopwatch watch, CancellationToken ct)
    {
        var nextLine = TimeSpan.FromSeconds(5);
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = ct };
        for (var done = 0; done < steps.Count; done++)
        {
            await clock.SetAsync(steps[done].At, ct);
            await Parallel.ForEachAsync(steps[done].Work, atOnce, async (work, stop) => await centre.DoAsync(work, stop));

            if (watch.Elapsed < nextLine) continue;
            nextLine = watch.Elapsed + TimeSpan.FromSeconds(5);
            Console.WriteLine(
                $"{watch.Elapsed:m\\:ss}  {Wire.Text(steps[done].At)}  {done + 1:N0} of {steps.Count:N0} instants, {centre.Cases.Count:N0} tickets");
        }
    }

    /// <summary>A wrong address is said at once, not after minutes of retries.</summary>
    private static async Task FindHostsAsync(IReadOnlyList<Uri> nodes, CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        foreach (var node in nodes)
        {
            try
            {
                (await http.GetAsync(new Uri(node, "/health/live"), ct)).EnsureSuccessStatusCode().Dispose();
            }
            catch (Exception absent) when (absent is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
            {
                throw new InvalidDataException($"no host answers at {node} ({absent.Message}); start one with ./build/run --fresh");
            }
        }
    }
}
