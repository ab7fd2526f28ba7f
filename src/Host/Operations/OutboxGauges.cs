using System.Diagnostics.Metrics;
using Crm.Shared.Events;
using Crm.Shared.Measures;

namespace Crm.Host.Operations;

/// <summary>How the outboxes stand, for whoever watches the system: asked of the database every 15 s, and only where somebody has set up to be told.</summary>
internal sealed partial class OutboxGauges : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private readonly IReadOnlyList<Dispatcher> dispatchers;
    private readonly ILogger<OutboxGauges> logger;
    private volatile IReadOnlyDictionary<string, OutboxState> states = new Dictionary<string, OutboxState>();

    public OutboxGauges(IEnumerable<Dispatcher> dispatchers, IMeterFactory meters, ILogger<OutboxGauges> logger)
    {
        (this.dispatchers, this.logger) = ([.. dispatchers], logger);
        var meter = meters.Create(CrmMeasures.Name);
        meter.CreateObservableGauge("crm.outbox.waiting", () => Each(s => s.Waiting), "{delivery}", "Deliveries still to be made, by producer; without those held back by a parked one.");
        meter.CreateObservableGauge("crm.outbox.parked", () => Each(s => s.Parked), "{delivery}", "Deliveries set aside for an operator, by producer.");
        meter.CreateObservableGauge("crm.outbox.oldest.age", () => Each(s => s.OldestSeconds), "s", "Age of the oldest waiting delivery, by producer; 0 when none waits.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        do
        {
            try
            {
                var read = new Dictionary<string, OutboxState>();
                foreach (var dispatcher in dispatchers) read[dispatcher.Schema] = await dispatcher.StateAsync(stoppingToken);
                states = read;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Old figures would look like a standstill: none are told until the database is back.
                states = new Dictionary<string, OutboxState>();
                LogUnknown(e.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private IEnumerable<Measurement<T>> Each<T>(Func<OutboxState, T> figure) where T : struct =>
        states.Select(s => new Measurement<T>(figure(s.Value), new KeyValuePair<string, object?>("crm.producer", s.Key)));

    [LoggerMessage(Level = LogLevel.Warning, Message = "How the outboxes stand cannot be read at the moment: {Failure}")]
    private partial void LogUnknown(string failure);
}
