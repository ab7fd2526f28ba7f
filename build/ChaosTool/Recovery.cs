using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Crm.Build.Hosting;

namespace Crm.Build.Chaos;

/// <summary>How long it takes until hosts serve again: each is asked to register a case until it does. Signs in before anything goes wrong.</summary>
internal sealed class Recovery : IDisposable
{
    /// <summary>After so long a host has not recovered.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(40) };
    private readonly IReadOnlyList<HostProcess> hosts;

    private Recovery(IReadOnlyList<HostProcess> hosts, string token)
    {
        this.hosts = hosts;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Prepares to ask these hosts, all of them ready now.</summary>
    public static async Task<Recovery> OfAsync(IReadOnlyList<HostProcess> hosts, CancellationToken ct) =>
        new(hosts, await FirstCall.TokenAsync(hosts[0].Address, ct));

    /// <summary>Returns when every host has carried out a command, with the time that took.</summary>
    public async Task<TimeSpan> OfAllAsync(CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(hosts.Select(host => UntilServedAsync(host, watch, ct)));
        return watch.Elapsed;
    }

    /// <summary>Returns when any of the hosts has carried out a command, with the time that took.</summary>
    public async Task<TimeSpan> OfAnyAsync(CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var served = await Task.WhenAny(hosts.Select(host => UntilServedAsync(host, watch, enough.Token)));
        await enough.CancelAsync();
        await served;
        return watch.Elapsed;
    }

    /// <summary>One attempt to register a case: the status, 0 without an answer, and how long it took.</summary>
    public async Task<(int Status, bool HasRetryAfter, TimeSpan Time)> TryAsync(HostProcess host, CancellationToken ct, string kind = "inquiry")
    {
        var watch = Stopwatch.StartNew();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "/api/v1/complaints"));
            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
            request.Content = JsonContent.Create(new { project = "demo", kind, channel = "web", content = "Are you there?", source = new { system = "Probe", ticketNumber = Guid.NewGuid() } });
            using var answer = await http.SendAsync(request, ct);
            return ((int)answer.StatusCode, answer.Headers.RetryAfter is not null, watch.Elapsed);
        }
        catch (Exception silence) when (silence is HttpRequestException || (silence is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (0, false, watch.Elapsed);
        }
    }

    private async Task UntilServedAsync(HostProcess host, Stopwatch watch, CancellationToken ct)
    {
        // Asked again and again as clients would, and not only after a first try that hangs: several may be on their way.
        using var served = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var tries = new List<Task<bool>>();
        while (watch.Elapsed < Patience && !ct.IsCancellationRequested)
        {
            tries.Add(IsServedAsync());
            await Task.WhenAny(Task.WhenAny(tries), Task.Delay(TimeSpan.FromMilliseconds(250), ct));
            if (tries.Any(t => t is { IsCompletedSuccessfully: true, Result: true })) break;
            tries.RemoveAll(t => t.IsCompleted);
            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }

        await served.CancelAsync();

        async Task<bool> IsServedAsync() => (await TryAsync(host, served.Token)).Status == 201;
    }

    public void Dispose() => http.Dispose();
}
