using System.Diagnostics.Metrics;
using Crm.Shared.Events;
using Crm.Shared.Measures;
using Crm.Shared.Time;

namespace Crm.Host.Operations;

/// <summary>How the outboxes stand, for whoever watches the system: asked of the database every 15 s, and only where somebody has set up to be told.</summary>
internal sealed class OutboxGauges : Rounds
{
    private readonly IReadOnlyList<Dispatcher> dispatchers;
    private volatile IReadOnlyDictionary<string, OutboxState> states = new Dictionary<string, OutboxState>();

    public OutboxGauges(IEnumerable<Dispatcher> dispatchers, IMeterFactory meters, ILogger<OutboxGauges> logger) : base(TimeSpan.FromSeconds(15), "Telling how the outboxes stand", logger)
    {
        this.dispatchers = [.. dispatchers];
        var meter = meters.Create(CrmMeasures.Name);
        meter.CreateObservableGauge("crm.outbox.waiting", () => Each(s => s.Waiting), "{delivery}", "Deliveries still to be made, by producer; without those held back by a parked one.");
        meter.CreateObservableGauge("crm.outbox.parked", () => Each(s => s.Parked), "{delivery}", "Deliveries set aside for an operator, by producer.");
        meter.CreateObservableGauge("crm.outbox.oldest.age", () => Each(s => s.OldestSeconds), "s", "Age of the oldest waiting delivery, by producer; 0 when none waits.");
    }

    protected override async Task RoundAsync(CancellationToken ct)
    {
        var read = new Dictionary<string, OutboxState>();
        foreach (var dispatcher in dispatchers) read[dispatcher.Schema] = await dispatcher.StateAsync(ct);
        states = read;
    }

    /// <summary>Old figures would look like a standstill: none are told until the database is back.</summary>
    protected override void AfterFailure() => states = new Dictionary<string, OutboxState>();

    private IEnumerable<Measurement<T>> Each<T>(Func<OutboxState, T> figure) where T : struct =>
        states.Select(s => new Measurement<T>(figure(s.Value), new KeyValuePair<string, object?>("crm.producer", s.Key)));
}
