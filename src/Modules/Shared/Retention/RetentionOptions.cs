using System.ComponentModel.DataAnnotations;

namespace Crm.Shared.Retention;

/// <summary>How long is remembered what nobody needs any more. Real time; looked at each hour. Cases, follow-ups, their histories and the audit are kept for good.</summary>
public sealed class RetentionOptions
{
    /// <summary>An event is forgotten so long after it was recorded, if everybody has received it. One that waits, is parked or was discarded is kept.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Events { get; set; } = TimeSpan.FromDays(30);

    /// <summary>That an event was received is forgotten so long afterwards, if it can no longer be delivered again.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Inbox { get; set; } = TimeSpan.FromDays(60);

    /// <summary>A notification is forgotten so long after it was written, acknowledged or not.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Notifications { get; set; } = TimeSpan.FromDays(180);

    /// <summary>What was sent to a webhook or by e-mail is forgotten so long after it arrived or was given up. What waits is kept.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Deliveries { get; set; } = TimeSpan.FromDays(30);

    /// <summary>A note from one shift to the next, confirmed or not, and an entry of a problem log are forgotten so long after they were written.</summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "3650.00:00:00")]
    public TimeSpan ShiftNotes { get; set; } = TimeSpan.FromDays(180);
}
