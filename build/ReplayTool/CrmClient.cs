using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;

namespace Crm.Build.Replay;

/// <summary>
/// A well-behaved client of the API over one or more hosts of the same database: it repeats what brought no final answer
/// with the same idempotency key, on the next host, after the time the host asked for; and it leaves a host that closes the connection
/// with its answer, as one does that is about to end, alone for a while if there is another. Safe from any thread.
/// </summary>
/// <param name="nodes">The hosts.</param>
/// <param name="staff">Who the client is.</param>
/// <param name="timeout">An attempt without an answer in this time is given up.</param>
/// <param name="traffic">What is counted.</param>
/// <param name="patience">After so long without a final answer something is wrong that waiting does not mend; 3 minutes when null.</param>
internal sealed class CrmClient(IReadOnlyList<Uri> nodes, string staff, TimeSpan timeout, Traffic traffic, TimeSpan? patience = null) : IDisposable
{
    private readonly TimeSpan patience = patience ?? TimeSpan.FromMinutes(3);

    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1) })
    {
        Timeout = timeout,
    };

    private static readonly TimeSpan LeftAlone = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<Uri, Stopwatch> leaving = [];
    private readonly SemaphoreSlim oneSignsIn = new(1, 1);
    private string? token;

    public int Nodes => nodes.Count;

    public Task<Answer> GetAsync(string path, CancellationToken ct, int node = 0) =>
        SendAsync(HttpMethod.Get, path, body: null, key: null, node, ct);

    /// <summary>
    /// A command under its idempotency <paramref name="key"/>, the same in each attempt (null for a POST that only asks), sent to the host
    /// number <paramref name="node"/> first, counted on beyond the last.
    /// </summary>
    public Task<Answer> PostAsync(string path, object body, string? key, CancellationToken ct, int node = 0) =>
        SendAsync(HttpMethod.Post, path, body, key, node, ct);

    /// <summary>Reads a list to its end, page by page.</summary>
    /// <exception cref="InvalidDataException">A page was refused or cannot be read.</exception>
    public async IAsyncEnumerable<T> ListAsync<T>(
        string path, [EnumeratorCancellation] CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            var answer = await GetAsync(cursor is null ? path : $"{path}{(path.Contains('?') ? '&' : '?')}cursor={Uri.EscapeDataString(cursor)}", ct);
            if (!answer.IsSuccess) throw new InvalidDataException($"GET {path}: {answer}");
            var page = answer.Read<Page<T>>();
            foreach (var item in page.Items) yield return item;
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, object? body, string? key, int node, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        string? problem = null;
        for (var attempt = 0; waited.Elapsed < patience; attempt++)
        {
            if (attempt > 0) traffic.Retry();
            var (answer, broken) = await AttemptAsync(method, NodeFor(node + attempt), path, body, key, ct);

            // A server error is counted against the host; the client goes on as it must, with the same key.
            if (answer is not null && !answer.InvitesRetry && (int)answer.Status is < 500 or 504) return answer;

            problem = answer?.ToString() ?? broken;
            await Task.Delay(answer?.RetryAfter ?? Backoff(attempt), ct);
        }

        throw new TimeoutException($"{method} {path}: no answer in {patience.TotalMinutes} minutes, last {problem}");
    }

    private async Task<(Answer? Answer, string? Broken)> AttemptAsync(
        HttpMethod method, Uri host, string path, object? body, string? key, CancellationToken ct)
    {
        try
        {
            var used = token ?? await SignInAsync(host, expired: null, ct);
            var answer = await SendOnceAsync(method, new Uri(host, path), body, key, used, ct);
            if (answer.Status == HttpStatusCode.Unauthorized)
            {
                used = await SignInAsync(host, expired: used, ct);
                answer = await SendOnceAsync(method, new Uri(host, path), body, key, used, ct);
            }

            return (answer, null);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException
            || (broken is OperationCanceledException && !ct.IsCancellationRequested))
        {
            traffic.ConnectionError(broken);
            return (null, broken.Message);
        }
    }

    private async Task<string> SignInAsync(Uri host, string? expired, CancellationToken ct)
    {
        await oneSignsIn.WaitAsync(ct);
        try
        {
            if (token is not null && token != expired) return token;
            var answer = await SendOnceAsync(HttpMethod.Post, new Uri(host, "/dev/token"), new { staff }, key: null, bearer: null, ct);
            if (answer.InvitesRetry || (int)answer.Status >= 500) throw new HttpRequestException($"no token yet: {answer}");
            if (!answer.IsSuccess) throw new InvalidDataException($"no token for {staff}, is the host in Development? {answer}");
            return token = answer.Read<Token>().Value;
        }
        finally
        {
            oneSignsIn.Release();
        }
    }

    private async Task<Answer> SendOnceAsync(HttpMethod method, Uri address, object? body, string? key, string? bearer, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is not null) request.Content = JsonContent.Create(body, options: Wire.Json);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (bearer is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);

        traffic.Request();
        using var response = await http.SendAsync(request, ct);
        if (response.Headers.ConnectionClose is true) leaving[new Uri(address, "/")] = Stopwatch.StartNew();
        var answer = new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(ct), WaitAskedFor(response));
        if (!answer.IsSuccess) traffic.Refused($"{method} {address.AbsolutePath}", answer);
        return answer;
    }

    private Uri NodeFor(int turn)
    {
        var inTurn = Enumerable.Range(turn, nodes.Count).Select(n => nodes[n % nodes.Count]);
        return inTurn.FirstOrDefault(host => !(leaving.TryGetValue(new Uri(host, "/"), out var since) && since.Elapsed < LeftAlone)) ?? nodes[turn % nodes.Count];
    }

    private static TimeSpan? WaitAskedFor(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter is not { } asked ? null
            : asked.Delta ?? (asked.Date - TimeProvider.System.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static TimeSpan Backoff(int attempt) =>
        TimeSpan.FromMilliseconds(Random.Shared.Next(10, 30) * (1 << Math.Min(attempt, 6)));

    public void Dispose()
    {
        http.Dispose();
        oneSignsIn.Dispose();
    }
}
