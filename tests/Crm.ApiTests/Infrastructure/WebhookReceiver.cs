using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crm.ApiTests.Infrastructure;

/// <summary>What a receiver was sent.</summary>
public sealed record ReceivedWebhook(string Id, string Timestamp, string Signature, string Body)
{
    /// <summary>As a receiver verifies it, written from the specification and not from our code: the timestamp is of these minutes, and one of the signatures is that of the secret.</summary>
    public bool Verifies(string secret, DateTimeOffset? now = null)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var expected = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Id}.{Timestamp}.{Body}")));
        var isFresh = Math.Abs((now ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds() - long.Parse(Timestamp, System.Globalization.CultureInfo.InvariantCulture)) < 300;
        return isFresh && Signature.Split(' ').Select(s => s.Split(',', 2)).Any(s => s[0] == "v1" && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(s[1]), Encoding.ASCII.GetBytes(expected)));
    }
}

/// <summary>Another system, on a real port, that answers as a test wants.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedWebhook> received = new();
    private WebApplication app = null!;

    /// <summary>The answer to each; 204 unless the test says otherwise.</summary>
    public Func<HttpContext, ReceivedWebhook, Task<int>> Answer { get; set; } = (_, _) => Task.FromResult(204);

    /// <summary>Where it listens, also while it is down.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>All that it was sent, whatever it answered.</summary>
    public IReadOnlyList<ReceivedWebhook> Received => [.. received];

    public static async Task<WebhookReceiver> StartAsync()
    {
        var receiver = new WebhookReceiver();
        await receiver.ListenAsync(port: 0);
        return receiver;
    }

    /// <summary>Listens no more: connections are refused.</summary>
    public async Task GoDownAsync() => await app.DisposeAsync();

    /// <summary>Listens again where it did before.</summary>
    public Task ComeBackAsync() => ListenAsync(Address.Port);

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task ListenAsync(int port)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, port));
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapPost("/{**any}", async (HttpContext context) =>
        {
            using var body = new StreamReader(context.Request.Body, Encoding.UTF8);
            var headers = context.Request.Headers;
            var webhook = new ReceivedWebhook(headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), await body.ReadToEndAsync());
            received.Enqueue(webhook);
            var status = await Answer(context, webhook);
            if (!context.Response.HasStarted) context.Response.StatusCode = status;
        });
        await app.StartAsync();
        Address = new Uri(app.Urls.Single());
    }
}
