using System.ComponentModel.DataAnnotations;

namespace Crm.Shared.Events;

/// <summary>How deliveries are worked off. Real time throughout: retries are about machines, not about policy.</summary>
public sealed class OutboxOptions
{
    /// <summary>After so many failed attempts a delivery is parked for an operator.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 8;

    /// <summary>The wait after the first failure; doubles with each one, with ± 50 % jitter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>No wait is longer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A host that died gives its deliveries back after this time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often is looked without being woken.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:05:00")]
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Deliveries claimed at once.</summary>
    [Range(1, 1_000)]
    public int Batch { get; set; } = 100;
}
