using System.Collections.Concurrent;

namespace Crm.Build.Replay;

/// <summary>What went over the wire, counted by every client that shares it. Safe from any thread.</summary>
internal sealed class Traffic
{
    private readonly ConcurrentQueue<string> failures = [];
    private long requests, retries, busy, limited, away, unconnected, cut, slow, serverErrors;

    /// <summary>Every attempt, retries included.</summary>
    public long Requests => Interlocked.Read(ref requests);

    /// <summary>Attempts made again because the one before brought no final answer.</summary>
    public long Retries => Interlocked.Read(ref retries);

    /// <summary>409 with Retry-After: the same key or source was in progress.</summary>
    public long Busy => Interlocked.Read(ref busy);

    /// <summary>429: over the rate limit.</summary>
    public long Limited => Interlocked.Read(ref limited);

    /// <summary>503: the database was away or the host not ready.</summary>
    public long Away => Interlocked.Read(ref away);

    /// <summary>Connections refused, reset or timed out.</summary>
    public long Broken => Unconnected + Cut + Slow;

    /// <summary>Connections that could not be made: nothing was sent.</summary>
    public long Unconnected => Interlocked.Read(ref unconnected);

    /// <summary>Connections that broke after something was sent, without a whole answer.</summary>
    public long Cut => Interlocked.Read(ref cut);

    /// <summary>Requests without an answer in the time they are given.</summary>
    public long Slow => Interlocked.Read(ref slow);

    /// <summary>5xx answers other than 503 with Retry-After and 504: there must be none.</summary>
    public long ServerErrors => Interlocked.Read(ref serverErrors);

    /// <summary>The first server errors, each with what was asked and answered.</summary>
    public IReadOnlyCollection<string> Failures => failures;

    public void Request() => Interlocked.Increment(ref requests);

    public void Retry() => Interlocked.Increment(ref retries);

    /// <summary>Counts an attempt that brought no answer, by what befell it.</summary>
    public void ConnectionError(Exception befell) => _ = befell switch
    {
        OperationCanceledException => Interlocked.Increment(ref slow),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => Interlocked.Increment(ref unconnected),
        _ => Interlocked.Increment(ref cut),
    };

    /// <summary>Counts an answer that is not a success; what a caller must handle itself is not counted.</summary>
    public void Refused(string asked, Answer answer)
    {
        switch ((int)answer.Status)
        {
            case 409 when answer.RetryAfter is not null: Interlocked.Increment(ref busy); break;
            case 429: Interlocked.Increment(ref limited); break;
            case 503 when answer.RetryAfter is not null: Interlocked.Increment(ref away); break;
            case >= 500 and not 504:
                if (Interlocked.Increment(ref serverErrors) <= 20) failures.Enqueue($"{asked}: {answer}");
                break;
        }
    }
}
