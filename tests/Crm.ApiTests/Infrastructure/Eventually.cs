namespace Crm.ApiTests.Infrastructure;

/// <summary>For what the system does by itself, in its own time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Asks again and again until the answer is the one hoped for.</summary>
    /// <exception cref="TimeoutException">It was not within 90 s: long, because what else runs on the machine is no fault of the system.</exception>
    public static async Task<T> BecomesAsync<T>(Func<Task<T>> ask, Func<T, bool> hopedFor, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (hopedFor(answer)) return answer;
            if (TimeProvider.System.GetElapsedTime(started) > Patience) throw new TimeoutException($"{what}: not within {Patience.TotalSeconds} s; last seen: {answer}");
            await Task.Delay(25);
        }
    }
}
