using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Crm.Build.Hosting;

namespace Crm.Build.Chaos;

/// <summary>
/// Under load, keys are revoked and roles taken away at one of two hosts, while somebody goes on asking both with them. After five seconds
/// neither may let them in (ORG-03, ORG-09).
/// </summary>
internal static class Revocation
{
    public static readonly Scenario Scenario = new("revocation", "keys revoked and roles taken away at one of two hosts under load, 20 times", RunAsync);

    private const int Rounds = 20;
    private const string Asked = "/api/v1/complaints?limit=1";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5), Watched = TimeSpan.FromSeconds(8), Between = TimeSpan.FromMilliseconds(50);

    private static async Task<ChaosTable> RunAsync(Shift shift, CancellationToken ct)
    {
        var hosts = await shift.StartAsync(2, ct);
        return await shift.WorkAsync(hosts, async stop =>
        {
            using var administrator = new HttpClient();
            administrator.DefaultRequestHeaders.Authorization = new("Bearer", await FirstCall.TokenAsync(hosts[0].Address, stop));
            var (keys, roles, late) = (new List<double[]>(), new List<double[]>(), new List<string>());
            for (var round = 1; round <= (shift.Options.Rounds ?? Rounds); round++)
            {
                var (told, other) = (hosts[round % 2], hosts[(round + 1) % 2]);
                var isKey = round % 4 < 2;
                var right = isKey ? await Right.KeyAsync(administrator, told.Address, round, stop) : await Right.RoleAsync(administrator, told.Address, round, stop);
                var seconds = await RevokeAsync(right, administrator, [told, other], stop);
                (isKey ? keys : roles).Add(seconds);
                if (seconds.Max() > Limit.TotalSeconds) late.Add($"round {round}: {seconds.Max():0.0} s");
                shift.Say($"round {round}: {(isKey ? "key" : "role")}, last let in {seconds[0]:0.00} s after it at the host that was told, {seconds[1]:0.00} s at the other");
            }

            Tell("keys revoked", keys);
            Tell("roles taken away", roles);
            shift.MustBeZero.Add(($"let in more than {Limit.TotalSeconds} s afterwards", late.Count, late));
        }, ct);

        void Tell(string what, List<double[]> rounds)
        {
            shift.Figures.Add((what, rounds.Count));
            if (rounds.Count == 0) return;
            for (var host = 0; host < 2; host++)
            {
                double[] sorted = [.. rounds.Select(r => r[host]).Order()];
                shift.Figures.Add(($"  last let in, {(host == 0 ? "host that was told" : "other host")}, median / longest, s", $"{sorted[sorted.Length / 2]:0.00} / {sorted[^1]:0.00}"));
            }
        }
    }

    /// <summary>Seconds from the answer to the revocation until each host let the holder in for the last time: as the last request was begun.</summary>
    private static async Task<double[]> RevokeAsync(Right right, HttpClient administrator, HostProcess[] hosts, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watch = Stopwatch.StartNew();
        var letIn = new double[hosts.Length];
        var watchers = hosts.Select((host, n) => Task.Run(
            async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    var begun = watch.Elapsed.TotalSeconds;
                    if (await right.IsLetInAsync(host.Address, ct)) letIn[n] = begun;
                    await Task.Delay(Between, ct);
                }
            },
            ct)).ToArray();
        await UntilBothAsync();
        await right.EndAsync(administrator, ct);
        var ended = watch.Elapsed.TotalSeconds;
        await Task.Delay(Watched, ct);
        await end.CancelAsync();
        await Task.WhenAll(watchers);
        return [.. letIn.Select(last => Math.Max(0, last - ended))];

        async Task UntilBothAsync()
        {
            while (letIn.Any(last => last == 0))
            {
                if (watch.Elapsed > TimeSpan.FromMinutes(1)) throw new InvalidDataException("A new key or role was not let in within a minute.");
                await Task.Delay(Between, ct);
            }
        }
    }

    /// <summary>A key or a role that somebody holds, and how it is taken away.</summary>
    private sealed record Right(AuthenticationHeaderValue? Bearer, string? Key, Uri End, string ETag)
    {
        private static readonly HttpClient Http = new();

        public static async Task<Right> KeyAsync(HttpClient administrator, Uri host, int round, CancellationToken ct)
        {
            var (key, etag) = await PostAsync(administrator, new(host, "/api/v1/api-keys"), new { name = $"round {round}", permissions = new[] { "complaints.read" } }, ct);
            return new(Bearer: null, key.GetProperty("key").GetString(), new(host, $"/api/v1/api-keys/{key.GetProperty("id").GetString()}"), etag);
        }

        public static async Task<Right> RoleAsync(HttpClient administrator, Uri host, int round, CancellationToken ct)
        {
            var code = $"round{round}.{Guid.NewGuid().ToString("N")[..6]}";
            await PostAsync(administrator, new(host, "/api/v1/staff"), new { code, name = "Round", subject = code }, ct);
            var (role, etag) = await PostAsync(administrator, new(host, $"/api/v1/staff/{code}/roles"), new { role = "administrator", scope = "group" }, ct);
            var token = await PostAsync(Http, new(host, "/dev/token"), new { staff = code }, ct);
            return new(new("Bearer", token.Body.GetProperty("token").GetString()), Key: null, new(host, $"/api/v1/staff/{code}/roles/{role.GetProperty("id").GetString()}"), etag);
        }

        public async Task<bool> IsLetInAsync(Uri host, CancellationToken ct)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host, Asked));
            request.Headers.Authorization = Bearer;
            if (Key is not null) request.Headers.Add("X-Api-Key", Key);
            using var answer = await Http.SendAsync(request, ct);
            return answer.IsSuccessStatusCode;
        }

        public async Task EndAsync(HttpClient administrator, CancellationToken ct)
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, End);
            request.Headers.IfMatch.Add(new EntityTagHeaderValue(ETag));
            using var answer = await administrator.SendAsync(request, ct);
            if (!answer.IsSuccessStatusCode) throw new InvalidDataException($"DELETE {End.AbsolutePath} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
        }

        private static async Task<(JsonElement Body, string ETag)> PostAsync(HttpClient http, Uri address, object body, CancellationToken ct)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
            using var answer = await http.SendAsync(request, ct);
            if (!answer.IsSuccessStatusCode) throw new InvalidDataException($"POST {address.AbsolutePath} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct), answer.Headers.ETag?.ToString() ?? "");
        }
    }
}
