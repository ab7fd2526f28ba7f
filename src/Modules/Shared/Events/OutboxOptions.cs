namespace Crm.Shared.Events;

/// <summary>How deliveries are worked off. Real time throughout: retries are about machines, not about policy.</summary>
public sealed class OutboxOptions
{
    /// <summary>After so many failed attempts a delivery is parked for an operator.</summary>
    public int MaxAttempts { get; set; } = 8;

    /// <summary>The wait after the first failure; doubles with each one, with ± 50 % jitter.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>No wait is longer.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A host that died gives its deliveries back after this time.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often is looked without being woken.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Deliveries claimed at once.</summary>
    public int Batch { get; set; } = 100;
}
