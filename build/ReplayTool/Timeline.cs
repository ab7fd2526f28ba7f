using NodaTime;

namespace Crm.Build.Replay;

/// <summary>What happens to one ticket at one instant, in this order: registered, closed, posted again.</summary>
internal sealed record TicketWork(RecordedTicket Ticket)
{
    public bool Register { get; set; }

    public bool Close { get; set; }

    public bool PostAgain { get; set; }
}

/// <summary>One instant at which something is recorded, and all that is.</summary>
internal sealed record Step(Instant At, IReadOnlyCollection<TicketWork> Work);

/// <summary>The recorded events in the order of time, one step for each distinct instant.</summary>
internal static class Timeline
{
    /// <summary>A ticket is posted again at the first recorded instant after this long.</summary>
    private static readonly Duration PostedAgainAfter = Duration.FromHours(1);

    public static IReadOnlyList<Step> Of(IReadOnlyList<RecordedTicket> tickets)
    {
        var steps = new SortedDictionary<Instant, Dictionary<string, TicketWork>>();

        foreach (var ticket in tickets)
        {
            At(ticket.ReceivedAt, ticket).Register = true;
            if (ticket.ClosedAt is { } closedAt) At(closedAt, ticket).Close = true;
        }

        Instant[] instants = [.. steps.Keys];
        foreach (var ticket in tickets.Where(t => t.IsPostedAgain))
            At(FirstFrom(instants, ticket.ReceivedAt + PostedAgainAfter), ticket).PostAgain = true;

        return [.. steps.Select(s => new Step(s.Key, s.Value.Values))];

        TicketWork At(Instant instant, RecordedTicket ticket)
        {
            if (!steps.TryGetValue(instant, out var work)) steps[instant] = work = [];
            if (!work.TryGetValue(ticket.Number, out var mine)) work[ticket.Number] = mine = new TicketWork(ticket);
            return mine;
        }
    }

    private static Instant FirstFrom(Instant[] instants, Instant wanted)
    {
        var found = Array.BinarySearch(instants, wanted);
        return instants[Math.Min(found < 0 ? ~found : found, instants.Length - 1)];
    }
}
