namespace Crm.Shared.Time;

/// <summary>
/// Whether this host's clock may be believed: it is compared with the database's, which all hosts share. A host whose clock is wrong would
/// date deeds, start deadlines and ring clocks wrongly for everybody, so it does none of that until the two agree again.
/// </summary>
/// <param name="time">The machine's clock.</param>
public sealed class TrustedTime(TimeProvider time)
{
    /// <summary>The two may differ by this much. An answer of the database that took longer says too little.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    private volatile Comparison? last;

    /// <summary>
    /// How far the machine's clock is ahead (negative: behind) at this moment: since the last comparison the steady clock has counted on,
    /// so that a jump is seen at once. Null before the first comparison.
    /// </summary>
    public TimeSpan? Offset => last is { } known ? time.GetUtcNow() - (known.Database + time.GetElapsedTime(known.At)) : null;

    /// <summary>The clocks have been compared, and agree.</summary>
    public bool IsTrusted => Offset is { } offset && offset.Duration() <= Tolerance;

    /// <summary>Compares the clocks.</summary>
    /// <param name="readDatabase">Asks the database for its time.</param>
    public async Task CompareAsync(Func<Task<DateTimeOffset>> readDatabase)
    {
        var asked = time.GetTimestamp();
        var answer = await readDatabase();
        var took = time.GetElapsedTime(asked);
        // It was read somewhere on the way: in the middle, for want of knowing better.
        if (took <= Tolerance) last = new Comparison(answer + took / 2, time.GetTimestamp());
    }

    private sealed record Comparison(DateTimeOffset Database, long At);
}
