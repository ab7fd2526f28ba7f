namespace Crm.Organization.Deliveries;

/// <summary>ORG-11: how long is waited after each failed attempt.</summary>
/// <param name="waits">After the first failure, the second, …</param>
internal sealed class RetrySchedule(IReadOnlyList<TimeSpan> waits)
{
    /// <summary>The wait after the n-th failure, from 1; null after the last attempt.</summary>
    public TimeSpan? WaitAfter(int failures) => failures <= waits.Count ? waits[failures - 1] : null;
}
