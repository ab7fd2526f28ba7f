using System.Collections.Concurrent;
using Crm.Build.Replay;

namespace Crm.Build.Chaos;

/// <summary>What the callers could not get done; all of it must stay empty.</summary>
internal sealed class Failures
{
    /// <summary>Commands answered with a final refusal although they were right.</summary>
    public ConcurrentQueue<string> Refused { get; } = [];

    /// <summary>Commands without a final answer after minutes of retries.</summary>
    public ConcurrentQueue<string> Unanswered { get; } = [];
}

/// <summary>
/// One client: posts, accepts and resolves ticket after ticket, each command under a key of its own, repeated on the other host until
/// it is acknowledged, and keeps a log of what was.
/// </summary>
internal sealed class Caller(int number, CrmClient client, AcknowledgementLog log, Failures failures, TimeSpan pause)
{
    /// <summary>The source system of every ticket of a chaos run.</summary>
    public const string SourceSystem = "Chaos";

    /// <summary>Works until <paramref name="stop"/>; the ticket in hand is finished first.</summary>
    public async Task WorkAsync(CancellationToken stop, CancellationToken ct)
    {
        for (var turn = 1; !stop.IsCancellationRequested; turn++)
        {
            await WorkOnAsync($"C{number:D2}-{turn:D6}", isNamed: Random.Shared.Next(5) > 0, isResolved: turn % 10 != 0, ct);
            if (pause > TimeSpan.Zero) await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WorkOnAsync(string ticket, bool isNamed, bool isResolved, CancellationToken ct)
    {
        var body = new
        {
            project = "demo",
            kind = "complaint",
            channel = "hotline",
            content = $"The lift stands still ({ticket}).",
            source = new { system = SourceSystem, ticketNumber = ticket },
            customer = isNamed ? InventedCustomer.Of(number * 1_000_000 + int.Parse(ticket[4..])) : null,
        };
        var key = NewKey();
        if (await SendAsync("/api/v1/complaints", "registration", ticket, body, key, ct) is not { } answer) return;
        var known = answer.Read<RegisteredCase>();
        log.Append(new Acknowledgement("registration", ticket, isNamed, key, known.Id, known.Number));

        if (!await CommandAsync("acceptance", new { })) return;

        // One in ten stays open: nobody may be called back about it.
        if (isResolved) await CommandAsync("resolution", new { summary = $"It runs again ({ticket})." });

        async Task<bool> CommandAsync(string noun, object command)
        {
            var own = NewKey();
            if (await SendAsync($"/api/v1/complaints/{known.Id}/{noun}", noun, ticket, command, own, ct) is null) return false;
            log.Append(new Acknowledgement(noun, ticket, isNamed, own, known.Id, known.Number));
            return true;
        }
    }

    private async Task<Answer?> SendAsync(string path, string noun, string ticket, object body, string key, CancellationToken ct)
    {
        try
        {
            var answer = await client.PostAsync(path, body, key, ct, Random.Shared.Next(client.Nodes));
            if (answer.IsSuccess) return answer;
            failures.Refused.Enqueue($"{ticket} {noun} (key {key}): {answer}");
        }
        catch (TimeoutException silence)
        {
            failures.Unanswered.Enqueue($"{ticket} {noun} (key {key}): {silence.Message}");
        }

        return null;
    }

    private static string NewKey() => Guid.CreateVersion7().ToString();
}
