using System.Collections.Concurrent;
using System.Net;

namespace Crm.Build.Replay;

/// <summary>
/// The call centre at work: posts each ticket, now and then twice, and closes it when the record says so. What is refused, or
/// answered twice differently, becomes a finding.
/// </summary>
internal sealed class CallCentre(CrmClient client, string project, Findings findings)
{
    /// <summary>With so many refusals the rest would only repeat them.</summary>
    private const int TooManyRefusals = 50;

    private readonly ConcurrentDictionary<string, RegisteredCase> cases = [];
    private readonly ConcurrentBag<Task> stragglers = [];
    private int turn, postedTwice, answeredAlike, postedAgain, answeredSame, refusals;

    /// <summary>The case of each ticket by the ticket's number, as the host answered.</summary>
    public IReadOnlyDictionary<string, RegisteredCase> Cases => cases;

    /// <summary>Tickets posted twice at the same time, and how many of them got the same answer twice.</summary>
    public (int Posted, int Answered) Twice => (postedTwice, answeredAlike);

    /// <summary>Tickets posted again later under a new key, and how many of them were answered 200 with the first case.</summary>
    public (int Posted, int Answered) Again => (postedAgain, answeredSame);

    /// <summary>Does all that is recorded for one ticket at the present instant.</summary>
    public async Task DoAsync(TicketWork work, CancellationToken ct)
    {
        if (work.Register) await RegisterAsync(work.Ticket, ct);
        if (work.Close) await CloseAsync(work.Ticket, ct);
        if (work.PostAgain) await PostAgainAsync(work.Ticket, ct);
    }

    /// <summary>Waits for the second answers that are still out.</summary>
    public Task SettleAsync() => Task.WhenAll(stragglers);

    private async Task RegisterAsync(RecordedTicket ticket, CancellationToken ct)
    {
        var (key, node) = (NewKey(), NextNode());
        if (!ticket.IsPostedTwice)
        {
            Keep(ticket, await PostTicketAsync(ticket, key, node, ct));
            return;
        }

        Interlocked.Increment(ref postedTwice);
        Task<Answer>[] both = [PostTicketAsync(ticket, key, node, ct), PostTicketAsync(ticket, key, node + 1, ct)];
        var first = await Task.WhenAny(both);
        Keep(ticket, await first);

        // The loser may be told to come back in a second; recorded time does not wait for it.
        stragglers.Add(CompareAsync(ticket, await first, both.Single(answer => answer != first)));
    }

    private async Task CompareAsync(RecordedTicket ticket, Answer first, Task<Answer> pending)
    {
        var second = await pending;
        if (Accepted(ticket, "posting it twice", second) && second.Status == first.Status && second.Read<RegisteredCase>() == Case(ticket))
            Interlocked.Increment(ref answeredAlike);
        else
            findings.Add(ticket.Number, $"posted twice under one key, answered {first} and {second}");
    }

    private async Task PostAgainAsync(RecordedTicket ticket, CancellationToken ct)
    {
        Interlocked.Increment(ref postedAgain);
        var answer = await PostTicketAsync(ticket, NewKey(), NextNode(), ct);
        if (answer.Status == HttpStatusCode.OK && answer.Read<RegisteredCase>() == Case(ticket))
            Interlocked.Increment(ref answeredSame);
        else
            findings.Add(ticket.Number, $"posted again under a new key, expected 200 and {Case(ticket)}, answered {answer}");
    }

    private async Task CloseAsync(RecordedTicket ticket, CancellationToken ct)
    {
        if (Case(ticket) is not { } registered) return; // its refusal is a finding already
        switch (ticket.Ending)
        {
            case Ending.Resolved:
                if (await CommandAsync(ticket, registered, "acceptance", new { }, ct))
                    await CommandAsync(ticket, registered, "resolution", new { summary = ticket.Summary }, ct);
                break;
            case Ending.Withdrawn:
                await CommandAsync(ticket, registered, "withdrawal", new { reason = ticket.Summary }, ct);
                break;
        }
    }

    private async Task<bool> CommandAsync(RecordedTicket ticket, RegisteredCase registered, string noun, object body, CancellationToken ct) =>
        Accepted(ticket, noun, await client.PostAsync($"/api/v1/complaints/{registered.Id}/{noun}", body, NewKey(), ct, NextNode()));

    private Task<Answer> PostTicketAsync(RecordedTicket ticket, string key, int node, CancellationToken ct) =>
        client.PostAsync("/api/v1/complaints", Body(ticket), key, ct, node);

    private object Body(RecordedTicket ticket) => new
    {
        project,
        kind = "complaint",
        channel = ticket.Channel,
        content = ticket.Content,
        source = new { system = TicketFile.SourceSystem, ticketNumber = ticket.Number },
        receivedAt = ticket.ReceivedAt,
        customer = ticket.Customer,
        building = ticket.Building,
        unit = ticket.Unit,
    };

    private void Keep(RecordedTicket ticket, Answer answer)
    {
        if (Accepted(ticket, "registration", answer)) cases[ticket.Number] = answer.Read<RegisteredCase>();
    }

    private RegisteredCase? Case(RecordedTicket ticket) => cases.GetValueOrDefault(ticket.Number);

    private bool Accepted(RecordedTicket ticket, string command, Answer answer)
    {
        if (answer.IsSuccess) return true;
        findings.Add(ticket.Number, $"{command} refused: {answer}");
        if (Interlocked.Increment(ref refusals) >= TooManyRefusals)
            throw new InvalidDataException($"given up after {TooManyRefusals} refusals, last {ticket.Number} {command}: {answer}");
        return false;
    }

    private int NextNode() => Interlocked.Increment(ref turn) % client.Nodes;

    private static string NewKey() => Guid.CreateVersion7().ToString();
}
