using System.ComponentModel.DataAnnotations;

namespace Crm.Organization.Contracts;

/// <summary>How webhooks and e-mails are delivered (docs/webhooks.md). Real time throughout: retries are about machines, not about policy.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The wait after each failed attempt, with commas between them, each with ± 10 % jitter. After as many failures as there are waits, and one more, a delivery is given up.</summary>
    public string Retries { get; set; } = "00:00:05, 00:05:00, 00:30:00, 02:00:00, 05:00:00, 10:00:00, 14:00:00, 20:00:00, 1.00:00:00";

    /// <summary>How long a receiver has to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A host that died gives its deliveries back after this time. Longer than the timeout, or a slow receiver would get things twice.</summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often is looked for something to deliver.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:05:00")]
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Reads the waits; null when the text is none, or one of them is negative or longer than a week.</summary>
    public static IReadOnlyList<TimeSpan>? ParseRetries(string text)
    {
        var waits = new List<TimeSpan>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!word.Contains(':', StringComparison.Ordinal) || !TimeSpan.TryParseExact(word, "c", System.Globalization.CultureInfo.InvariantCulture, out var wait)
                || wait < TimeSpan.Zero || wait > TimeSpan.FromDays(7)) return null;
            waits.Add(wait);
        }

        return waits;
    }
}

/// <summary>Where webhooks may go. What is not allowed is refused when a webhook is made, and again, by the address that was resolved, at each connection.</summary>
public sealed class WebhookOptions
{
    /// <summary>Receivers may have addresses of this machine or of private networks. Only where all who may make webhooks may also reach everything the hosts can.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Receivers may be reached over plain http: what is sent can then be read on the way.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>A webhook that has failed for so long without one success is disabled, and its owner is told.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(5);
}
