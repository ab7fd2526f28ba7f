using Crm.Shared.Events;

namespace Crm.Shared.Data;

/// <summary>A consistency boundary: changed under its row lock, versioned, and the source of ordered events.</summary>
public abstract class Aggregate
{
    private readonly List<IntegrationEvent> raised = [];

    /// <summary>Identity; time-ordered.</summary>
    public Guid Id { get; protected init; } = Ids.Next();

    /// <summary>Grows by one with each change a person or a rule makes. Bookkeeping (a warning, a breach written down) leaves it alone.</summary>
    public int Version { get; private set; } = 1;

    /// <summary>How many events the aggregate has published: the order in which each consumer receives them.</summary>
    public long EventSequence { get; private set; }

    /// <summary>Events waiting for the next SaveChanges.</summary>
    public IReadOnlyList<IntegrationEvent> Raised => raised;

    /// <summary>Says that something other modules may care about has happened.</summary>
    protected void Raise(IntegrationEvent happened) => raised.Add(happened);

    /// <summary>Marks a change that an editor's picture must include.</summary>
    protected void Touch() => Version++;

    internal IEnumerable<(IntegrationEvent Event, long Sequence)> TakeRaised()
    {
        var taken = raised.Select(e => (e, ++EventSequence)).ToArray();
        raised.Clear();
        return taken;
    }
}
