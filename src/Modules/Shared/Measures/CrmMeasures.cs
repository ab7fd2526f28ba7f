using System.Diagnostics;
using System.Diagnostics.Metrics;
using Crm.Shared.Clocks;
using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Crm.Shared.Measures;

/// <summary>What the platform counts of itself. Costs nothing while nobody listens. Attributes are names of modules, kinds and outcomes: nothing that people typed, and no identity.</summary>
public static class CrmMeasures
{
    /// <summary>The name of our source of traces and of our meter.</summary>
    public const string Name = "Crm";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Deliveries = Meter.CreateCounter<long>(
        "crm.outbox.deliveries", "{delivery}", "Events brought to a consumer, by producer, consumer and outcome: delivered, or failed (and tried again later, or parked).");

    private static readonly Counter<long> Rungs = Meter.CreateCounter<long>(
        "crm.clocks.rungs", "{rung}", "Warnings and breaches written down by the sweep, by module, kind of clock and rung.");

    private static readonly Histogram<double> Lateness = Meter.CreateHistogram<double>(
        "crm.clocks.lateness", "s", "How long after its instant a warning or breach was written down by the sweep, by module.");

    private static readonly Counter<long> Sendings = Meter.CreateCounter<long>(
        "crm.deliveries.attempts", "{attempt}", "Attempts to send something outside, by way (webhook, mail) and outcome: delivered, failed (and tried again later), gaveUp, or cancelled.");

    /// <summary>The delivering of a batch, as a span; null while nobody listens.</summary>
    internal static Activity? StartDelivering(string producer, string consumer, int events)
    {
        var activity = Source.StartActivity($"deliver to {consumer}", ActivityKind.Consumer);
        return activity?.SetTag("crm.producer", producer).SetTag("crm.consumer", consumer).SetTag("crm.events", events);
    }

    /// <summary>A batch has arrived.</summary>
    internal static void Delivered(string producer, string consumer, int events) => Count(producer, consumer, "delivered", events);

    /// <summary>A delivery failed for good or for now.</summary>
    internal static void Failed(string producer, string consumer) => Count(producer, consumer, "failed", events: 1);

    /// <summary>An attempt to send something outside is over.</summary>
    /// <param name="way">webhook or mail.</param>
    /// <param name="outcome">delivered, failed, gaveUp or cancelled.</param>
    public static void Sent(string way, string outcome) => Sendings.Add(1, new("crm.way", way), new("crm.outcome", outcome));

    /// <summary>The rungs that are about to be saved; none while nobody listens.</summary>
    internal static IReadOnlyList<ClockRung> NewRungs(ModuleDb db) => Rungs.Enabled || Lateness.Enabled
        ? [.. db.ChangeTracker.Entries<ClockRung>().Where(r => r.State == EntityState.Added).Select(r => r.Entity)]
        : [];

    /// <summary>A sweep has written down these rungs.</summary>
    internal static void Swept(ModuleDb db, IReadOnlyList<ClockRung> written)
    {
        if (written.Count == 0) return;
        var kinds = db.ChangeTracker.Entries<Clock>().ToDictionary(c => c.Entity.Id, c => c.Entity.Kind);
        foreach (var rung in written)
        {
            Rungs.Add(1, new("crm.module", db.Schema), new("crm.clock", kinds.GetValueOrDefault(rung.ClockId)), new("crm.rung", rung.Rung == Rung.Warn ? "warn" : "breach"));
            Lateness.Record((rung.WrittenAt - rung.At).TotalSeconds, new KeyValuePair<string, object?>("crm.module", db.Schema));
        }
    }

    private static void Count(string producer, string consumer, string outcome, int events) =>
        Deliveries.Add(events, new("crm.producer", producer), new("crm.consumer", consumer), new("crm.outcome", outcome));
}
