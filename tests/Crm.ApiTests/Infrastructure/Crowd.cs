namespace Crm.ApiTests.Infrastructure;

/// <summary>Many callers who all begin at the same moment.</summary>
public static class Crowd
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Signs in this many clients, in turn at each host, each with a connection of its own that is open already.</summary>
    public static async Task<Api[]> SignInAsync(int clients, string staff, params HostUnderTest[] hosts)
    {
        var crowd = new List<Api>();
        for (var i = 0; i < clients; i++) crowd.Add(await hosts[i % hosts.Length].SignInAsync(staff));
        foreach (var api in crowd) (await api.GetAsync("/health/live")).Is(200);
        return [.. crowd];
    }

    /// <summary>Lets every act wait until all are ready, then lets all go at once.</summary>
    public static async Task<T[]> AtOnceAsync<T>(IEnumerable<Func<Task<T>>> acts)
    {
        var barrier = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = acts.Select(async act =>
        {
            await barrier.Task;
            return await act();
        }).ToArray();
        barrier.SetResult();
        return await Task.WhenAll(waiting);
    }

    /// <summary>Sends until the answer is no longer "in progress", as a good client does, but without its manners: it hardly waits.</summary>
    /// <returns>Every answer, the last one being final.</returns>
    public static async Task<IReadOnlyList<Reply>> InsistAsync(Func<Task<Reply>> send)
    {
        var answers = new List<Reply> { await send() };
        var started = TimeProvider.System.GetTimestamp();
        while ((int)answers[^1].Status == 409 && answers[^1].RetryAfter is not null && TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(Random.Shared.Next(5, 50));
            answers.Add(await send());
        }

        return answers;
    }
}
